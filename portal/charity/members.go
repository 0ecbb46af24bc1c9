package charity

import (
	"net/http"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
)

type membersView struct {
	Workers []line
	Empty   html.Empty
}

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
		kind := "member"
		if worker.Volunteer {
			kind = "volunteer"
		}
		v.Workers = append(v.Workers, line{Title: worker.Name, Note: l.T("role." + kind)})
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
	if f.Sent(r) {
		made, err := account.Create(r.Context(), c.Access, account.New{
			Role: actor.MemberRole, Login: f.Login.Value, Password: f.Password.Value, Name: f.Name.Value,
			Organisation: by.Organisation,
		})
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
