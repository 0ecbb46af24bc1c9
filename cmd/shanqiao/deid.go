package main

// deidCommand shows what de-identification does, for those who examine it.
type deidCommand struct {
	Export deidExport `cmd:"" help:"Write what could be seen after a tick as CSV."`
}
