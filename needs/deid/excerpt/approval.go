package excerpt

import "crypto/sha256"

// Policy numbers the rules of who approves an excerpt and where it is shown. Raise
// it with the rules: what was approved under another number is void.
const Policy = "1"

// Approval is what an approval is bound to: the exact output, the detectors with
// their lists, and the policy. Another output or a newer version is another hash.
func Approval(output string) []byte {
	sum := sha256.Sum256([]byte(Policy + "\x00" + Version() + "\x00" + output))
	return sum[:]
}
