package demo

import (
	"context"
	"fmt"

	"shanqiao/internal/actor"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/note"
)

// noteDistrict is the one district that lets assessors' words out.
const noteDistrict = "110105"

// allowNotes switches excerpts on there.
func (t *town) allowNotes(ctx context.Context) error {
	return note.Set(ctx, t.Pools.Records, t.districts[noteDistrict],
		note.Switch{District: noteDistrict, Enabled: true, Source: "示范区试点通知", Since: t.At.AddDate(0, 0, -1)})
}

// ways are what an assessor may have to say of how to help well.
var ways = []string{"老人喜欢上午，来之前请敲门等一等。", "老人听力不好，请慢慢说，每周2次就好。", "卫生间没有扶手，需要两个人。"}

// mayTell says whether a need may have a note: it lies in that district and is not
// a child's, nor one of a family without a grown-up.
func (t *town) mayTell(f family, code needs.Code) bool {
	return f.Region[:6] == noteDistrict && !deid.ForYoungest(code) && t.At.Year()-f.People[0].Born.Year() > 18
}

// tell writes a note that names the family in several ways, as a hurried assessor
// does, and lets the second officer decide about what is left of it.
func (t *town) tell(ctx context.Context, i int, f family, n needs.ID, officers [2]actor.Officer) error {
	head := f.People[0]
	words := fmt.Sprintf("%s住%s，电话%s。%s", head.Name, f.Address, head.Phone, ways[i%len(ways)])
	if err := note.Write(ctx, t.Pools.Records, t.Keys, officers[0], n, secret.String(words)); err != nil {
		return err
	}
	read, err := note.For(ctx, t.Pools.Records, t.Keys, officers[1], n)
	if err != nil {
		return err
	}
	if read.Result.Withheld || i%7 == 6 {
		return note.Refuse(ctx, t.Pools.Records, t.Keys, officers[1], n)
	}
	return note.Approve(ctx, t.Pools.Records, t.Keys, officers[1], n, read.Hash, "附近有许多这样的家庭")
}
