package needs

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// Code names a kind of need: what is to be done or given, never why.
type Code string

// Group is one of the groups of the service list: 照护, 生活, 关爱, 物资.
type Group string

// The groups. The first three are the ministry's; goods are our fourth.
const (
	Care    Group = "care"
	Living  Group = "living"
	Concern Group = "concern"
	Goods   Group = "goods"
)

// Groups in the order in which they are listed.
var Groups = []Group{Care, Living, Concern, Goods}

// Item is a row of the service catalogue. Packages are the quantities that may
// be asked for, in Unit: few and standard, because an unusual quantity would
// tell who asks. Days is how long the help may take once it starts, in 天.
type Item struct {
	Code     Code   `json:"code"`
	Group    Group  `json:"group"`
	Zh       string `json:"zh"`
	En       string `json:"en"`
	ActZh    string `json:"act_zh"`   // "上门助浴", as a sentence needs it
	ActEn    string `json:"act_en"`   // "help with bathing at home"
	UnitZh   string `json:"unit_zh"`  // 次
	UnitEn   string `json:"unit_en"`  // visit
	UnitsEn  string `json:"units_en"` // visits
	Packages []int  `json:"packages"`
	Days     int    `json:"days"`
	Indoors  bool   `json:"indoors"` // done in the home: needs insurance of a volunteer
	Training string `json:"training,omitempty"`
	// Qualification is what the law asks of whoever does it, beyond training.
	Qualification string   `json:"qualification,omitempty"`
	For           string   `json:"for,omitempty"` // "youngest": meant for the youngest member, otherwise for the eldest
	Synonyms      []string `json:"synonyms,omitempty"`
}

//go:embed catalogue.json
var catalogueFile []byte

var (
	catalogue []Item
	itemOf    = map[Code]Item{}
)

func init() {
	if err := json.Unmarshal(catalogueFile, &catalogue); err != nil {
		panic("needs: embedded service catalogue: " + err.Error())
	}
	for _, item := range catalogue {
		itemOf[item.Code] = item
	}
}

// Catalogue lists every kind of need, grouped.
func Catalogue() []Item { return slices.Clone(catalogue) }

// ItemOf finds a kind of need.
func ItemOf(c Code) (Item, bool) {
	item, ok := itemOf[c]
	return item, ok
}

// Name is what the group is called.
func (g Group) Name(language string) string {
	zh := map[Group]string{Care: "照护服务", Living: "生活服务", Concern: "关爱服务", Goods: "物资帮扶"}
	en := map[Group]string{Care: "care", Living: "daily living", Concern: "company and support", Goods: "goods"}
	if language == "zh" {
		return zh[g]
	}
	return en[g]
}

// Unit is what n of the item are counted in.
func (i Item) Unit(language string, n int) string {
	switch {
	case language == "zh":
		return i.UnitZh
	case n == 1:
		return i.UnitEn
	}
	return i.UnitsEn
}

// Name is what the kind of need is called.
func (i Item) Name(language string) string {
	if language == "zh" {
		return i.Zh
	}
	return i.En
}
