package main

import "shanqiao/matcher/instance"

// matchMake invents a problem in files.
type matchMake struct {
	Dir      string `arg:"" type:"path" help:"Folder to write to."`
	Needs    int    `default:"10000" help:"How many needs; resources are a tenth of it."`
	Profile  string `default:"city" enum:"city,hot,flat,chain" help:"city, hot, flat or chain."`
	Multi    bool   `help:"Needs of several units."`
	Seed     uint64 `default:"1" help:"Another number, another problem."`
	Regions  int    `default:"1" help:"Regions of a country that share nothing but national resources."`
	National int    `default:"0" help:"Of a thousand resources, how many give to every region."`
}

// Run writes the three files.
func (c *matchMake) Run() error {
	return instance.Invented{Profile: c.Profile, Needs: c.Needs, Seed: c.Seed, Multi: c.Multi, Regions: c.Regions, National: c.National}.Write(c.Dir)
}
