package service

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A checkout made again at the same place has no pointer and no password of the
// data that lies there: it must not find them.
func TestAFolderElsewhereIsFoundByItsPointerAlone(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	first, err := pointed(dir, "postgres", elsewhere)
	require.NoError(t, err)
	require.Equal(t, elsewhere, filepath.Dir(first))
	again, err := pointed(dir, "postgres", elsewhere)
	require.NoError(t, err)
	require.Equal(t, first, again)
	other, err := pointed(t.TempDir(), "postgres", elsewhere)
	require.NoError(t, err)
	require.NotEqual(t, first, other)
	require.NoError(t, writePrivate(filepath.Join(dir, "postgres.is-at"), []byte("/etc\n")))
	stray, err := pointed(dir, "postgres", elsewhere)
	require.NoError(t, err)
	require.Equal(t, elsewhere, filepath.Dir(stray), "a pointer leads nowhere else")
	require.NotEqual(t, first, stray)
}
