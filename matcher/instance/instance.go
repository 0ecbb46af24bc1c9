// Package instance reads and writes matching problems as files, so that the
// solver of the rounds can be measured beside others on the same problem.
//
// A folder holds needs.csv (id,urgency,district,x,y,code,qty), resources.csv
// (id,kind,district,x,y,codes,capacity) and edges.csv (need_id,resource_id,utility).
// Urgency 1 is the most urgent. Columns are found by their names.
package instance

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"shanqiao/matcher/assign"
)

// Instance is a problem and the ids by which its rows are known outside.
type Instance struct {
	assign.Problem
	need, resource map[string]int32
}

// Read reads a folder. What is wrong is named by file and line.
func Read(dir string) (*Instance, error) {
	in := &Instance{need: map[string]int32{}, resource: map[string]int32{}}
	err := rows(filepath.Join(dir, "needs.csv"), []string{"id", "urgency", "district", "qty"}, func(col [][]byte) error {
		tier, err := whole(col[1], 1, 1000)
		if err != nil {
			return err
		}
		units, err := whole(col[3], 0, most)
		if err != nil {
			return err
		}
		key := string(col[0])
		if _, twice := in.need[key]; twice {
			return fmt.Errorf("need %s stands there twice", key)
		}
		in.need[key] = int32(len(in.Needs))
		in.Needs = append(in.Needs, assign.Need{Key: key, Tier: tier - 1, District: string(col[2]), Units: units})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = rows(filepath.Join(dir, "resources.csv"), []string{"id", "capacity"}, func(col [][]byte) error {
		capacity, err := whole(col[1], 0, most)
		if err != nil {
			return err
		}
		key := string(col[0])
		if _, twice := in.resource[key]; twice {
			return fmt.Errorf("resource %s stands there twice", key)
		}
		in.resource[key] = int32(len(in.Resources))
		in.Resources = append(in.Resources, assign.Resource{Key: key, Capacity: capacity})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return in, in.edges(filepath.Join(dir, "edges.csv"))
}

// most is what one row may ask for or give.
const most = 1 << 30

func (in *Instance) edges(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	in.Edges = make([]assign.Edge, 0, info.Size()/12) // a line is rarely shorter
	return rows(path, []string{"need_id", "resource_id", "utility"}, func(col [][]byte) error {
		n, ok := in.need[string(col[0])]
		if !ok {
			return fmt.Errorf("no need %q", col[0])
		}
		r, ok := in.resource[string(col[1])]
		if !ok {
			return fmt.Errorf("no resource %q", col[1])
		}
		u, err := whole(col[2], 0, assign.MostUtility)
		if err != nil {
			return err
		}
		in.Edges = append(in.Edges, assign.Edge{Need: n, Resource: r, Utility: int32(u)})
		return nil
	})
}

// rows hands on the columns of each line, in the order in which they are named.
func rows(path string, names []string, do func(col [][]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<16), 1<<20)
	if !lines.Scan() {
		return fmt.Errorf("%s is empty", path)
	}
	at := make([]int, len(names))
	head := bytes.Split(bytes.TrimSpace(lines.Bytes()), []byte(","))
	for i, name := range names {
		at[i] = -1
		for j, h := range head {
			if string(h) == name {
				at[i] = j
			}
		}
		if at[i] < 0 {
			return fmt.Errorf("%s has no column %s", path, name)
		}
	}
	var all [][]byte
	col := make([][]byte, len(names))
	for line := 2; lines.Scan(); line++ {
		rest := bytes.TrimRight(lines.Bytes(), "\r")
		if len(rest) == 0 {
			continue
		}
		all = all[:0]
		for more := true; more; {
			var one []byte
			one, rest, more = bytes.Cut(rest, []byte(","))
			all = append(all, one)
		}
		if len(all) != len(head) {
			return fmt.Errorf("%s line %d has %d columns of %d", path, line, len(all), len(head))
		}
		for i, j := range at {
			col[i] = all[j]
		}
		if err := do(col); err != nil {
			return fmt.Errorf("%s line %d: %w", path, line, err)
		}
	}
	return lines.Err()
}

func whole(text []byte, least, most int) (int, error) {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is no number from %d to %d", text, least, most)
	}
	return n, nil
}

// Write writes a solution as need_id,resource_id,units.
func (in *Instance) Write(path string, s assign.Solution) error {
	return file(path, func(w *bufio.Writer) {
		fmt.Fprintln(w, "need_id,resource_id,units")
		for _, share := range s.Shares {
			e := in.Edges[share.Edge]
			fmt.Fprintf(w, "%s,%s,%d\n", in.Needs[e.Need].Key, in.Resources[e.Resource].Key, share.Units)
		}
	})
}
