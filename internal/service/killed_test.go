package service_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/service"
)

// holdIn makes this test binary a program that only starts services and waits,
// so that a test can kill it.
const holdIn = "SHANQIAO_TEST_HOLD_SERVICES_IN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdIn); dir != "" {
		if _, err := service.Start(context.Background(), dir); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		fmt.Println("started")
		select {}
	}
	os.Exit(m.Run())
}

func TestKilledProgram(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	holder := exec.Command(os.Args[0])
	holder.Env = append(os.Environ(), holdIn+"="+dir)
	out, err := holder.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, holder.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "started", strings.TrimSpace(line))
	postmaster := pidOf(t, filepath.Join(dir, "postgres", "postmaster.pid"))
	server := pidOf(t, filepath.Join(dir, "redis", "redis.pid"))
	_, _, running, err := service.Running(dir)
	require.NoError(t, err)
	require.True(t, running)

	require.NoError(t, holder.Process.Kill())
	require.Error(t, holder.Wait(), "killed")

	// Started at once, while what was left behind may still be ending.
	s := begin(t, dir)
	do(t, s.Postgres.URL(service.Database), `create table works ()`)
	require.Eventually(t, func() bool { return gone(postmaster) && gone(server) }, 20*time.Second, 20*time.Millisecond,
		"nothing of the killed program may go on")
}
