// Package storetest starts throw-away databases for tests: a SQLite file, and
// a PostgreSQL cluster of its own that ends with the test binary.
package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver pgx
	"github.com/oklog/ulid/v2"
)

// Cluster is a running PostgreSQL server, reached through a socket in its own
// folder and no port.
type Cluster struct {
	folder string
	server *exec.Cmd
	log    *bytes.Buffer
	like   string // the database that new ones are like; "": an empty one
}

// startLimit bounds how long a cluster may take to answer.
const startLimit = time.Minute

// StartPostgres makes a cluster and starts it, as user postgres when run as
// root, because the server refuses to run as root. Stop ends it. It is for
// TestMain: one cluster a test binary, one Database a test.
func StartPostgres() (c *Cluster, err error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	as, err := serverUser()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "voicetill-pg-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(folder)
		}
	}()
	if as != nil {
		if err := os.Chown(folder, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	c = &Cluster{folder: folder, log: new(bytes.Buffer)}
	return c, c.start(bin, as)
}

func (c *Cluster) start(bin string, as *syscall.Credential) error {
	data := filepath.Join(c.folder, "data")
	initdb := command(as, filepath.Join(bin, "initdb"), "-D", data, "-U", "till", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("make a PostgreSQL cluster: %w\n%s", err, out)
	}
	c.server = command(as, filepath.Join(bin, "postgres"), "-D", data, "-k", c.folder,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200")
	c.server.Stdout, c.server.Stderr = c.log, c.log
	if err := c.server.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := c.answer(); err != nil {
		return errors.Join(err, c.Stop())
	}
	return nil
}

// command runs in the file system's root: a folder that every user can read.
func command(as *syscall.Credential, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGINT}
	return cmd
}

func (c *Cluster) answer() error {
	db, err := sql.Open("pgx", c.dsn("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for db.PingContext(ctx) != nil {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer:\n%s", c.log)
		}
	}
	return nil
}

func (c *Cluster) dsn(database string) string {
	return "postgres://till@/" + database + "?host=" + url.QueryEscape(c.folder)
}

// Stop ends the server and deletes its folder.
func (c *Cluster) Stop() error {
	err := c.server.Process.Signal(syscall.SIGINT)
	if err == nil {
		err = c.server.Wait()
	}
	return errors.Join(err, os.RemoveAll(c.folder))
}

// Prepare fills a database that all later ones of Database are like, such as with
// the schema, which takes longer to make than to copy. fill leaves it closed.
func (c *Cluster) Prepare(fill func(dsn string) error) error {
	dsn, err := c.create("")
	if err == nil {
		err = fill(dsn)
	}
	if err != nil {
		return fmt.Errorf("prepare a database for tests: %w", err)
	}
	c.like, err = nameIn(dsn)
	return err
}

// Database makes a database for one test, empty or like the prepared one, and
// returns its address.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	return c.made(t, c.like)
}

// Empty makes a database without anything in it, and returns its address.
func (c *Cluster) Empty(t testing.TB) string {
	t.Helper()
	return c.made(t, "")
}

func (c *Cluster) made(t testing.TB, like string) string {
	t.Helper()
	dsn, err := c.create(like)
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

func (c *Cluster) create(like string) (string, error) {
	db, err := sql.Open("pgx", c.dsn("postgres"))
	if err != nil {
		return "", err
	}
	defer db.Close()
	name := "t" + strings.ToLower(ulid.Make().String())
	statement := "CREATE DATABASE " + name
	if like != "" {
		statement += " TEMPLATE " + like
	}
	if _, err := db.Exec(statement); err != nil {
		return "", fmt.Errorf("make a test database: %w", err)
	}
	return c.dsn(name), nil
}

// nameIn is the database's name in its address.
func nameIn(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(u.Path, "/"), nil
}

// Copy makes a database with what another one holds that a till has open, and
// returns its address.
func (c *Cluster) Copy(t testing.TB, dsn string) string {
	t.Helper()
	to := c.Empty(t)
	script := fmt.Sprintf("pg_dump '%s' | psql -q -v ON_ERROR_STOP=1 '%s'", dsn, to)
	if out, err := exec.Command("bash", "-o", "pipefail", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("copy a test database: %v\n%s", err, out)
	}
	return to
}

// Clone makes a database like one that nobody has open, which is faster than Copy,
// and returns its address.
func (c *Cluster) Clone(t testing.TB, dsn string) string {
	t.Helper()
	name, err := nameIn(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return c.made(t, name)
}

// SQLite returns the address of a database file that ends with the test.
func SQLite(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "till.db") }

// serverUser is whom the server runs as: nil for ourselves.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// binaries is the folder of initdb and postgres, which Debian keeps out of the
// PATH.
func binaries() (string, error) {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Reverse(folders)
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		folders = slices.Insert(folders, 0, strings.TrimSpace(string(out)))
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(p))
	}
	for _, f := range folders {
		if _, err := os.Stat(filepath.Join(f, "initdb")); err == nil {
			return f, nil
		}
	}
	return "", errors.New("the PostgreSQL server is not installed (Debian: apt-get install postgresql)")
}
