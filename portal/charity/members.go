package charity

import (
	"net/http"
	"slices"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
)

type membersView struct {
	Workers []workerLine
	Empty   html.Empty
}

// workerLine is somebody who may be sent. Leave is where it is said that they
// left; "" for the reader.
type workerLine struct{ Name, Role, Leave string }

var membersPage = html.Define[membersView]("charity/members")

// members lists those whom the organisation may send to a family.
func (c *Charity) members(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	workers, err := c.workers(r.Context(), by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := membersView{Empty: html.Empty{Text: l.T("charity.members.none")}}
	for _, worker := range workers {
		shown := workerLine{Name: worker.Name, Role: l.T("charity.members.colleague")}
		if worker.Volunteer {
			shown.Role = l.T("role.volunteer")
		}
		if worker.Account != by.Account {
			shown.Leave = "/c/members/" + worker.Account + "/leave"
		}
		v.Workers = append(v.Workers, shown)
	}
	return membersPage.Write(w, r, http.StatusOK, v)
}

type memberForm struct {
	form.Form
	Name     form.Text
	Login    form.Text
	Password form.Text
}

func newMemberForm() *memberForm {
	f := &memberForm{
		Form:     form.Named("charity.member"),
		Name:     form.Line("name").Required().MaxRunes(30),
		Login:    form.Line("login").Required().MaxRunes(64).As("text", "", "off"),
		Password: form.Line("password").Required().MaxRunes(account.Longest).As("password", "", "new-password"),
	}
	f.Fields(&f.Name, &f.Login, &f.Password)
	return f
}

type memberView struct{ Form *memberForm }

var memberPage = html.Define[memberView]("charity/member")

// newMember makes an account for a colleague, who can then claim for the
// organisation and be sent to a family.
func (c *Charity) newMember(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	f := newMemberForm()
	f.Sent(r)
	colleague := account.New{
		Role: actor.MemberRole, Login: f.Login.Value, Password: f.Password.Value, Name: f.Name.Value,
		Temporary: true, Organisation: by.Organisation,
	}
	if f.Also(colleague.Check()) {
		made, err := account.Create(r.Context(), c.Access, colleague)
		if err == nil {
			if err := organisation.Join(r.Context(), c.DB, by, made, f.Name.Value); err != nil {
				return err
			}
			return route.SeeOther(w, r, "/c/members", "charity.member.done")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return memberPage.Write(w, r, f.Status(), memberView{Form: f})
}

type leaveView struct {
	Form *form.Form
	Name string
}

var leavePage = html.Define[leaveView]("charity/leave")

// leaveMember takes somebody who left off the list, first, and then closes their
// account: from the next statement on nobody can send them to a family.
func (c *Charity) leaveMember(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	who, err := route.ID(r, "member")
	if err != nil {
		return err
	}
	workers, err := c.workers(r.Context(), by)
	if err != nil {
		return err
	}
	theirs := func(w organisation.Worker) bool { return w.Account == who && who != by.Account }
	at := slices.IndexFunc(workers, theirs)
	if at < 0 {
		return route.NotHere
	}
	f := form.Named("charity.leave")
	if f.Sent(r) {
		if err := organisation.Leave(r.Context(), c.DB, by, who); err != nil {
			return err
		}
		if err := account.Dismiss(r.Context(), c.Access, by, who); err != nil {
			return err
		}
		return route.SeeOther(w, r, "/c/members", "charity.leave.done")
	}
	return leavePage.Write(w, r, f.Status(), leaveView{Form: &f, Name: workers[at].Name})
}
