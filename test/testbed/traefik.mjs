// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Traefik's module cannot be built as it is published: its own go.mod replaces three modules, and a
 * replacement counts in the main module alone; two of the three have no version that a module proxy
 * is bound to serve. Beside that it links a client of every DNS provider there is, for certificates
 * that nobody here asks for. So the go.mod in go/traefik/ names these folders, written here.
 *
 * @param {string} directory holds a copy of that go.mod
 */
export function writeTraefikReplacements(directory) {
  writeExtension(join(directory, 'ext'));
  writeHttpAuth(join(directory, 'go-http-auth'));
  writeLego(join(directory, 'lego'));
}

/**
 * The hook for builds with more configuration: empty in the public one.
 *
 * @param {string} directory
 */
function writeExtension(directory) {
  mkdirSync(directory);
  writeFileSync(join(directory, 'go.mod'), 'module github.com/traefik/traefik/dynamic/ext\n\ngo 1.24\n');
  writeFileSync(
    join(directory, 'ext.go'),
    `package ext

type HTTP struct{}

func (in *HTTP) DeepCopyInto(out *HTTP) { *out = *in }

type Router struct{}

func (in *Router) DeepCopyInto(out *Router) { *out = *in }
`,
  );
}

/**
 * The last release, with the two functions that Traefik's fork adds. The stale answer differs from
 * the plain one by a hint to the client only, so the plain one serves.
 *
 * @param {string} directory
 */
function writeHttpAuth(directory) {
  copyModule('github.com/abbot/go-http-auth@v0.4.0', directory);
  writeFileSync(join(directory, 'go.mod'), 'module github.com/abbot/go-http-auth\n\ngo 1.24\n');
  writeFileSync(
    join(directory, 'fork.go'),
    `package auth

import (
	"net/http"
	"strings"
)

// CheckSecret tells whether the password is the one of which secret is the hash.
func CheckSecret(password, secret string) bool {
	compare := compareFuncs[0].compare
	for _, candidate := range compareFuncs[1:] {
		if strings.HasPrefix(secret, candidate.prefix) {
			compare = candidate.compare
			break
		}
	}
	return compare([]byte(secret), []byte(password)) == nil
}

// RequireAuthStale asks for credentials again.
func (da *DigestAuth) RequireAuthStale(w http.ResponseWriter, r *http.Request) {
	da.RequireAuth(w, r)
}
`,
  );
}

/**
 * The ACME client without the DNS providers.
 *
 * @param {string} directory
 */
function writeLego(directory) {
  copyModule('github.com/go-acme/lego/v5@v5.4.1', directory);
  writeFileSync(
    join(directory, 'providers', 'dns', 'zz_gen_dns_providers.go'),
    `package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName knows no provider.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("unrecognized DNS provider: %s", name)
}
`,
  );
}

/**
 * @param {string} module with its version
 * @param {string} to
 */
function copyModule(module, to) {
  const output = execFileSync('go', ['mod', 'download', '-json', module], {
    cwd: tmpdir(), // outside any module
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  copyTree(JSON.parse(output).Dir, to);
}

/**
 * Copies content alone: Go's module cache is read-only, and that mode would come along.
 *
 * @param {string} from
 * @param {string} to
 */
function copyTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      copyTree(source, target);
    } else {
      writeFileSync(target, readFileSync(source));
    }
  }
}
