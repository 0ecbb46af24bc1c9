package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"shanqiao/internal/actor"
	"shanqiao/internal/outbox"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// shown is how many dead letters of a half are listed; as they are decided, the
// next ones move up.
const shown = 100

type letterRow struct{ Work, Href, Half, Why, Tries, Since string }

type jobsView struct {
	Rows  []letterRow
	Empty html.Empty
}

var jobsPage = html.Define[jobsView]("admin/jobs")

// jobs lists what the machine gave up on, the oldest first.
func (a *Admin) jobs(w http.ResponseWriter, r *http.Request, _ actor.Administrator) error {
	l := html.Locale(r)
	view := jobsView{Empty: html.Empty{Text: l.T("admin.jobs.none"), Href: "/admin", Link: l.T("admin.nav.overview")}}
	for _, half := range halves {
		letters, err := outbox.Dead(r.Context(), a.Outboxes[half], half, shown)
		if err != nil {
			return err
		}
		for _, d := range letters {
			view.Rows = append(view.Rows, letterRow{Work: workWord(l, d.Kind), Href: pathOf(d), Half: l.T("admin.half." + string(half)),
				Why: whyWord(l, d.Code), Tries: l.Number(int64(d.Starts)), Since: l.Time(d.Created)})
		}
	}
	return jobsPage.Write(w, r, http.StatusOK, view)
}

func pathOf(d outbox.Letter) string { return "/admin/jobs/" + string(d.Half) + "/" + d.Msg.String() }

type jobView struct {
	Work  string
	Path  string
	Facts []html.Fact
}

var jobPage = html.Define[jobView]("admin/job")

// job shows one dead letter and says what trying again and letting go will do.
func (a *Admin) job(w http.ResponseWriter, r *http.Request, _ actor.Administrator) error {
	half, msg, err := letter(r)
	if err != nil {
		return err
	}
	letters, err := outbox.Dead(r.Context(), a.Outboxes[half], half, shown)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(letters, func(d outbox.Letter) bool { return d.Msg == msg })
	if at < 0 {
		return route.NotHere
	}
	d, l := letters[at], html.Locale(r)
	return jobPage.Write(w, r, http.StatusOK, jobView{Work: workWord(l, d.Kind), Path: pathOf(d), Facts: letterFacts(l, d)})
}

func letterFacts(l *locale.Locale, d outbox.Letter) []html.Fact {
	return []html.Fact{
		{Label: l.T("admin.job.half"), Value: l.T("admin.half." + string(d.Half))},
		{Label: l.T("admin.job.why"), Value: whyWord(l, d.Code)},
		{Label: l.T("admin.job.tries"), Value: l.T("admin.job.tries_text", "starts", d.Starts, "fails", d.Fails)},
		{Label: l.T("admin.job.since"), Value: l.Time(d.Created)},
		{Label: l.T("admin.job.kind"), Value: d.Kind},
		{Label: l.T("admin.job.ref"), Value: d.Ref},
		{Label: l.T("admin.job.code"), Value: cmp.Or(d.Code, "–")},
	}
}

// workWord says what a job does; one without a word is shown by its name, for
// whoever looks after the program knows it.
func workWord(l *locale.Locale, kind string) string {
	if key := "admin.work." + kind; l.Has(key) {
		return l.T(key)
	}
	return l.T("admin.work_unnamed", "kind", kind)
}

// whyWord says why a job stopped. Its code begins with a kind of failure, and
// may go on with what exactly; the second says more where there is a word for it.
func whyWord(l *locale.Locale, code string) string {
	words := strings.Fields(code)
	for _, word := range slices.Backward(words[:min(2, len(words))]) {
		if key := "admin.why." + word; l.Has(key) {
			return l.T(key)
		}
	}
	return l.T("admin.why_unknown")
}

// letter reads which half and which message a path names.
func letter(r *http.Request) (outbox.Half, uuid.UUID, error) {
	half := outbox.Half(r.PathValue("half"))
	msg, err := uuid.Parse(r.PathValue("letter"))
	if err != nil || !slices.Contains(halves, half) {
		return "", uuid.UUID{}, route.NotHere
	}
	return half, msg, nil
}

// retry sends a dead letter again.
func (a *Admin) retry(w http.ResponseWriter, r *http.Request, _ actor.Administrator) error {
	half, msg, err := letter(r)
	if err != nil {
		return err
	}
	if err := outbox.Retry(r.Context(), a.Outboxes[half], half, msg); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/admin/jobs", "admin.job.retry_done")
}

// cancel decides that a dead letter will never be delivered.
func (a *Admin) cancel(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	half, msg, err := letter(r)
	if err != nil {
		return err
	}
	if err := outbox.Cancel(r.Context(), a.Outboxes[half], half, by, msg); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/admin/jobs", "admin.job.cancel_done")
}
