package journey

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long a page may take on a busy machine.
const patience = 10 * time.Second

// chromium starts one browser for a test. Each person gets a context of cookies
// of their own in it.
func chromium(t *testing.T) context.Context {
	t.Helper()
	binary := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			binary = path
			break
		}
	}
	require.NotEmpty(t, binary, "the journey needs Chromium: run it through make test, or apt-get install chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", "zh-CN"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	browser, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	require.NoError(t, chromedp.Do(browser, chromedp.Navigate("about:blank")))
	return browser
}

// person is someone with a browser window and cookies of their own.
type person struct {
	t     *testing.T
	ctx   context.Context
	site  string
	width int64
	name  string
	shots string // folder for pictures, "" for none
	shot  int
}

// arrive opens a window of a width for someone.
func arrive(t *testing.T, browser context.Context, site, name string, width int64) *person {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &person{t: t, ctx: ctx, site: site, width: width, name: name}
	if dir := os.Getenv("SHANQIAO_PICTURES"); dir != "" {
		p.shots = filepath.Join(dir, fmt.Sprint(width))
		require.NoError(t, os.MkdirAll(p.shots, 0o755))
	}
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate("about:blank"), chromedp.EmulateViewport(width, 780)))
	return p
}

// do acts on the page; ask reads from it. Both give up after a while.
func (p *person) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%s, at %s: %v\n%s", p.name, p.where(), err, p.words())
	}
}

func ask[T any](p *person, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, action)
}

// read evaluates an expression in the page.
func read[T any](p *person, expression string) T {
	p.t.Helper()
	v, err := ask(p, chromedp.Evaluate[T](expression))
	require.NoError(p.t, err, "%s: %s", p.name, expression)
	return v
}

// open goes to a page of the site and looks at it.
func (p *person) open(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.site+path), chromedp.WaitReady(chromedp.CSS("main")))
	p.look()
}

// look checks what must hold on every page: one heading, no sideways scrolling.
func (p *person) look() {
	p.t.Helper()
	page := read[struct {
		H1       int
		Overflow int
		Title    string
		Lang     string
	}](p, `({
		H1: document.querySelectorAll("h1").length,
		Overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		Title: document.title, Lang: document.documentElement.lang })`)
	require.Equal(p.t, 1, page.H1, "%s: headings on %s", p.name, p.where())
	require.LessOrEqual(p.t, page.Overflow, 0, "%s: %s is wider than %d px", p.name, p.where(), p.width)
	require.NotEmpty(p.t, page.Title)
	require.NotEmpty(p.t, page.Lang)
	if p.shots != "" {
		png, err := ask(p, chromedp.FullScreenshot(100))
		require.NoError(p.t, err)
		p.shot++
		name := fmt.Sprintf("%s-%02d.png", p.name, p.shot)
		require.NoError(p.t, os.WriteFile(filepath.Join(p.shots, name), png, 0o644))
	}
}

// follow clicks the first link or button that says text, and waits for the page it leads to.
func (p *person) follow(text string) {
	p.t.Helper()
	quoted := xpath(text)
	p.click(fmt.Sprintf(`//main//a[contains(normalize-space(.), %[1]s)] | //main//button[contains(normalize-space(.), %[1]s)] | //header//a[contains(normalize-space(.), %[1]s)]`, quoted))
}

// press sends the form that the field belongs to.
func (p *person) click(path string) {
	p.t.Helper()
	// The old page is marked, so that the new one is known by lacking the mark.
	read[bool](p, `window.left = true`)
	at := chromedp.Search(path)
	p.do(chromedp.WaitVisible(at), chromedp.ScrollIntoView(at), chromedp.Click(at))
	require.Eventually(p.t, func() bool { // while pages change there is no page to ask
		there, err := ask(p, chromedp.Evaluate[bool](`document.readyState === "complete" && !window.left && document.querySelector("main") !== null`))
		return err == nil && there
	}, patience, 20*time.Millisecond, "%s clicked %s at %s and nothing came", p.name, path, p.where())
	p.look()
}

// fill types into the field of a name, as a keyboard does.
func (p *person) fill(name, text string) {
	p.t.Helper()
	field := chromedp.CSS(fmt.Sprintf(`main [name=%q]`, name))
	p.do(chromedp.WaitVisible(field))
	read[bool](p, fmt.Sprintf(`document.querySelector('main [name=%q]').value === "" || (document.querySelector('main [name=%[1]q]').value = "") === ""`, name))
	p.do(chromedp.SendKeys(field, text))
}

// choose ticks the radio button or checkbox of a name and value, or picks the option of a menu.
func (p *person) choose(name, value string) {
	p.t.Helper()
	done := read[bool](p, fmt.Sprintf(`(() => {
		for (const e of document.querySelectorAll('[name=%q]')) {
			if (e.tagName === "SELECT") { e.value = %[2]q; return e.value === %[2]q }
			if (e.value === %[2]q) { if (!e.checked) { (document.querySelector('label[for="' + e.id + '"]') || e).click() } return e.checked }
		}
		return false })()`, name, value))
	require.True(p.t, done, "%s: nothing on %s to choose as %s=%s\n%s", p.name, p.where(), name, value, p.words())
}

// pick takes the first choice of a name.
func (p *person) pick(name string) {
	p.t.Helper()
	p.choose(name, read[string](p, fmt.Sprintf(`document.querySelector('main [name=%q]').value`, name)))
}

// sees waits until the page says text.
func (p *person) sees(text string) {
	p.t.Helper()
	require.Contains(p.t, p.words(), text, "%s, at %s", p.name, p.where())
}

// sees not: the page must not say text.
func (p *person) seesNot(text string) {
	p.t.Helper()
	require.NotContains(p.t, p.words(), text, "%s, at %s", p.name, p.where())
}

// words is the text of the page as a reader sees it.
func (p *person) words() string {
	words, err := ask(p, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
	if err != nil {
		return err.Error()
	}
	return words
}

func (p *person) where() string {
	path, err := ask(p, chromedp.Evaluate[string](`location.pathname + location.search`))
	if err != nil {
		return err.Error()
	}
	return path
}

// xpath quotes a text for an expression.
func xpath(text string) string {
	if !strings.Contains(text, `"`) {
		return `"` + text + `"`
	}
	return "'" + text + "'"
}

// signIn opens the staff door.
func (p *person) signIn(login, password string) {
	p.t.Helper()
	p.open("/signin")
	p.follow("用登录名和密码登录")
	p.fill("login", login)
	p.fill("password", password)
	p.click(`//main//form[.//input[@name="password"]]//button`)
}
