import { tarsApp } from './apps';
import { useProject } from './fake-io';

const project = useProject();

describe('tars graph', () => {
  test('is Mermaid text unless one says otherwise', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['graph']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^flowchart LR\n/);
    expect(stdout).toMatch(/^ {2}n\d+_backend -->\|"5432"\| n\d+_postgres$/m);
  });

  test('--format svg stands alone: no font, no colour comes from elsewhere', async () => {
    const { stdout } = await project().tars(tarsApp(), ['graph', '--format', 'svg']);
    expect(stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(stdout).not.toMatch(/@import|https?:\/\/(?!www\.w3\.org)|var\(|color-mix/);
    for (const name of ['backend', 'postgres', 'internet', 'api.tars.local']) expect(stdout).toContain(`>${name}<`);
  });

  test('--format ascii is for the terminal', async () => {
    const { stdout } = await project().tars(tarsApp(), ['graph', '--format', 'ascii']);
    expect(stdout).toContain('  backend (3 to 10 replicas)\n  ├─ 11434 ─▶ ollama\n');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(80);
  });

  test('-o json is for programs', async () => {
    const { stdout } = await project().tars(tarsApp(), ['graph', '-o', 'json']);
    const { systems } = JSON.parse(stdout) as { systems: { title: string; nodes: unknown[]; edges: unknown[] }[] };
    expect(systems).toHaveLength(1);
    expect(systems[0]?.title).toBe('tars');
    expect(systems[0]?.edges).toContainEqual({ from: 'tars/backend', to: 'tars/redis', label: '6379', loose: false });
  });
});

describe('tars graph --reachability', () => {
  test('is a list unless one says otherwise', async () => {
    const { exitCode, stdout } = await project().tars(tarsApp(), ['graph', '--reachability']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^tars-frontend\n {2}tars-backend +8000\n {2}DNS +53, 53\/UDP\n/m);
  });

  test('-o json is for programs, -o svg for people', async () => {
    const json = await project().tars(tarsApp(), ['graph', '--reachability', '-o', 'json']);
    const { cells } = JSON.parse(json.stdout) as { cells: object[] };
    expect(cells).toContainEqual({
      from: 'tars-backend',
      to: 'tars-postgres',
      open: '5432',
      extra: '',
      missing: '',
    });
    const svg = await project().tars(tarsApp(), ['graph', '--reachability', '-o', 'svg']);
    expect(svg.stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  test('is no flowchart', async () => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['graph', '--reachability', '-o', 'mermaid']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('allowed: ascii, svg, json');
  });
});
