package chain

import "slices"

// Kind is what happened. The list is closed: a new kind is a new line here and a
// sentence in both catalogues under "chain.kind.<kind>".
type Kind string

// The kinds, in the order in which a household usually meets them.
const (
	Registered           Kind = "registered"
	Declared             Kind = "declared"
	DeclarationAccepted  Kind = "declaration_accepted"
	DeclarationClosed    Kind = "declaration_closed"
	DeclarationWithdrawn Kind = "declaration_withdrawn"
	AccountLinked        Kind = "account_linked"
	MemberJoined         Kind = "member_joined"
	MemberLeft           Kind = "member_left"
	DataChanged          Kind = "data_changed"
	Moved                Kind = "moved"
	Visited              Kind = "visited"
	DataMatched          Kind = "data_matched"
	WarningRaised        Kind = "warning_raised"
	Verified             Kind = "verified"
	Determined           Kind = "determined"
	Granted              Kind = "granted"
	Paid                 Kind = "paid"
	Assessed             Kind = "assessed"
	Approved             Kind = "approved"
	ExcerptApproved      Kind = "excerpt_approved"
	ExcerptTakenDown     Kind = "excerpt_taken_down"
	NeedWithdrawn        Kind = "need_withdrawn"
	NeedExpired          Kind = "need_expired"
	NeedClimbed          Kind = "need_climbed"
	MeetingHeld          Kind = "meeting_held"
	SentDirect           Kind = "sent_direct"
	Published            Kind = "published"
	Unlisted             Kind = "unlisted"
	Matched              Kind = "matched"
	Claimed              Kind = "claimed"
	ClaimAnswered        Kind = "claim_answered"
	Consented            Kind = "consented"
	ConsentWithdrawn     Kind = "consent_withdrawn"
	Introduced           Kind = "introduced"
	IntroductionEnded    Kind = "introduction_ended"
	Delivered            Kind = "delivered"
	Confirmed            Kind = "confirmed"
	NeedFulfilled        Kind = "need_fulfilled"
	NeedClosed           Kind = "need_closed"
	Complained           Kind = "complained"
	Corrected            Kind = "corrected"
	Erased               Kind = "erased"
	Closed               Kind = "closed"
)

const (
	document = "京政办发〔2026〕4号 "
	monitor  = document + "§二(一)" // 一户(人)一条救助链, 自主申报, 入户走访
	visits   = document + "§二(二)" // 铁脚板摸排, 交叉比对
	warnings = document + "§二(三)" // 预警信息处置
	basic    = document + "§三(四)" // 基本生活救助
	services = document + "§三(七)" // 需求评估、资源匹配、精准服务、监管有力
	charity  = document + "§三(九)" // 慈善帮扶
	truth    = document + "§四(十二)"
	privacy  = "《个人信息保护法》§47"
	consent  = "《个人信息保护法》§23"
	withdraw = "《个人信息保护法》§15"
)

// bases is the clause that an entry of a kind rests on when nobody names another.
var bases = map[Kind]string{
	Registered: monitor, Declared: monitor, DeclarationAccepted: monitor, DeclarationClosed: monitor,
	DeclarationWithdrawn: monitor, AccountLinked: monitor, MemberJoined: monitor, MemberLeft: monitor,
	DataChanged: visits, Moved: monitor, Visited: visits, DataMatched: visits, WarningRaised: warnings,
	Verified: warnings, Determined: basic, Granted: basic, Paid: basic,
	Assessed: services, Approved: services, ExcerptApproved: services, ExcerptTakenDown: services, NeedWithdrawn: services, NeedExpired: services, NeedClimbed: services, MeetingHeld: services, SentDirect: services,
	Published: charity, Unlisted: charity, Matched: services, Claimed: charity, ClaimAnswered: charity,
	Consented: consent, ConsentWithdrawn: withdraw, Introduced: consent, IntroductionEnded: consent,
	Delivered: services, Confirmed: services, NeedFulfilled: services, NeedClosed: services,
	Complained: truth, Corrected: truth, Erased: privacy, Closed: monitor,
}

// Kinds lists every kind, sorted.
func Kinds() []Kind {
	all := make([]Kind, 0, len(bases))
	for k := range bases {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// Known says whether k is on the list.
func (k Kind) Known() bool { return bases[k] != "" }

// Basis is the clause that an entry of this kind rests on unless another is named.
func (k Kind) Basis() string { return bases[k] }
