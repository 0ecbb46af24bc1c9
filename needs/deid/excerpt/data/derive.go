//go:build ignore

// Derive makes words.txt.gz and simplified.txt.gz from a word list in the form
// "word frequency part-of-speech" (jieba's) and a table of traditional
// characters in the form "character TAB simplified…" (OpenCC's):
//
//	go run derive.go <dict> <characters>
//
// A line of words.txt.gz is "word cost class": cost is ten times the negative
// logarithm of the word's share of all words, class one of v (verbs, adverbs
// and the like, at which the name of a place ends), n (other safe words),
// b (safe words that can be read as a person's name), x (words that are not
// safe, kept because they would otherwise fall into words that are) and s
// (single characters, for their cost alone).
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"log"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

type entry struct {
	word string
	freq float64
	tag  string
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: derive <dict> <characters>")
	}
	surnames, given, never := set("surnames.txt"), set("given.txt"), words("never.txt")
	entries, total := dictionary(os.Args[1])
	class := map[string]string{}
	for _, e := range entries {
		if c := judge(e, surnames, given); c != "" && !never[e.word] {
			class[e.word] = c
		}
	}
	var out []string
	for _, e := range entries {
		c := class[e.word]
		if c == "" && named(e) && splits([]rune(e.word), class) {
			c = "x"
		}
		if len([]rune(e.word)) == 1 {
			c = "s"
		}
		if c != "" {
			out = append(out, fmt.Sprintf("%s %.0f %s", e.word, -10*math.Log(e.freq/total), c))
		}
	}
	slices.Sort(out)
	write("words.txt.gz", strings.Join(out, "\n")+"\n")
	write("simplified.txt.gz", simplified(os.Args[2]))
}

// judge says whether a word may be safe at all: common enough for its length,
// and no name of a person, a place, a body or a brand.
func judge(e entry, surnames, given map[rune]bool) string {
	r := []rune(e.word)
	least := map[int]float64{2: 20, 3: 10, 4: 4, 5: 4, 6: 4}[len(r)]
	if least == 0 || e.freq < least || strings.HasPrefix(e.tag, "nr") || slices.Contains([]string{"ns", "nt", "nz", "x", "eng", "g", "zg"}, e.tag) {
		return ""
	}
	if strings.ContainsRune("村镇乡县屯庄寺庙寨堡州弄坊", r[len(r)-1]) {
		return ""
	}
	if len(r) >= 3 && e.freq < 500 && e.tag[0] == 'n' && all(r, sounds) {
		return ""
	}
	whole := surnames[r[0]] && all(r[1:], given) && len(r) <= 3
	part := len(r) == 2 && all(r, given)
	pet := len(r) == 2 && strings.ContainsRune("小老阿", r[0]) && (surnames[r[1]] || given[r[1]])
	switch {
	case whole && e.freq < 100*float64(len(r)), part && e.freq < 300, pet && e.freq < 1000:
		return ""
	case whole && e.freq < 20000, part && e.freq < 3000:
		return "b"
	case strings.ContainsAny(e.tag[:1], "vdpcurmqf"):
		return "v"
	}
	return "n"
}

// named says whether the dictionary calls a word the name of a place, a body, a
// brand or, often enough to matter, a person.
func named(e entry) bool {
	return e.tag == "ns" || (e.tag == "nt" || e.tag == "nz") && e.freq >= 5 || e.tag == "nr" && e.freq >= 50
}

// sounds are the characters that foreign names are written with: a rare word
// made of nothing else is such a name, whatever the dictionary calls it.
var sounds = func() map[rune]bool {
	m := map[rune]bool{}
	for _, c := range "阿埃艾安巴白贝比彼别波勃博布查达戴丹道德登迪第蒂顿多尔法菲费佛弗福冈戈格古哈海汉汗赫亨霍基吉加贾杰金卡凯坎柯科克肯库奎拉莱兰朗劳勒雷里利莉林卢鲁伦罗洛马玛买麦迈曼梅蒙米密明莫默姆穆娜纳南内尼宁诺欧帕佩皮珀普奇恰乔切热仁日荣瑞萨塞桑瑟沙山舍什圣史斯苏索塔泰坦汤特藤提图托陀瓦万旺威韦维温文沃乌西希夏谢辛休雅亚扬耶叶伊依因英尤约扎詹珍朱兹泽祖木其格" {
		m[c] = true
	}
	return m
}()

// splits says whether a word that is not safe could be read as safe pieces.
func splits(r []rune, class map[string]string) bool {
	if len(r) < 3 || len(r) > 5 {
		return false
	}
	for i := range r {
		for j := i + 2; j <= len(r); j++ {
			if j-i < len(r) && class[string(r[i:j])] != "" {
				return true
			}
		}
	}
	return false
}

func all(r []rune, in map[rune]bool) bool {
	return !slices.ContainsFunc(r, func(c rune) bool { return !in[c] })
}

func dictionary(path string) (entries []entry, total float64) {
	for line := range strings.Lines(read(path)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		n, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			log.Fatal(err)
		}
		total += n
		if !strings.ContainsFunc(f[0], func(c rune) bool { return !unicode.Is(unicode.Han, c) }) {
			entries = append(entries, entry{f[0], n, f[2]})
		}
	}
	return entries, total
}

func simplified(path string) string {
	var b strings.Builder
	for line := range strings.Lines(read(path)) {
		f := strings.Fields(line)
		if len(f) < 2 || strings.HasPrefix(line, "#") || f[0] == f[1] || len([]rune(f[0])) != 1 || len([]rune(f[1])) != 1 {
			continue
		}
		b.WriteString(f[0] + f[1] + "\n")
	}
	return b.String()
}

func set(path string) map[rune]bool {
	s := map[rune]bool{}
	for i, line := range strings.Split(read(path), "\n") {
		for _, c := range line {
			s[c] = i < 2 && !unicode.IsSpace(c) || s[c]
		}
	}
	return s
}

func words(path string) map[string]bool {
	s := map[string]bool{}
	for _, w := range strings.Fields(read(path)) {
		s[w] = true
	}
	return s
}

func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	return string(b)
}

func write(path, text string) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriter(z)
	if _, err = w.WriteString(text); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}
