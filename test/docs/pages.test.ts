import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { App, Chart } from 'cdk8s';
import { checkApp, Exposure, formatIssue, Service } from 'cdk8s-tars';
import type { Page } from './pages';
import { pages, prose, ROOT } from './pages';

const ALL = pages();
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** Anchors of a page, as GitHub makes them of its headings, and those that it names itself. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)]);
}

function brokenLinks(page: Page): string[] {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page.path : posix.join(posix.dirname(page.path), file);
      if (!existsSync(join(ROOT, path))) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(join(ROOT, path), 'utf8')).has(anchor);
    });
}

/** Everything after a word of the command line, wherever a page has it as code. */
function mentions(pattern: RegExp): string[] {
  const code = ALL.flatMap(({ text }) => text.match(/^```[\s\S]*?^```$|`[^`\n]+`/gm) ?? []).join('\n');
  return [...new Set([...code.matchAll(pattern)].map(([, word = '']) => word))].sort();
}

describe('the pages', () => {
  test.each(ALL.map((page) => [page.path, page] as const))('%s: its links lead somewhere', (_, page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test('what is made from the sources is fresh', () => {
    const { status, stderr } = spawnSync(process.execPath, ['.ci/docs.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([stderr, status]).toEqual(['', 0]);
  });

  test('the mistake that the README shows is what a run says', () => {
    const app = new App();
    const chart = new Chart(app, 'shop');
    const web = new Service(chart, 'web', { image: 'nginx:1.29.2', ports: [{ name: 'http', port: 80 }] });
    new Exposure(chart, 'exposure', { routes: [{ host: 'https://shop.example.com', to: web.endpoint }] });
    const errors = checkApp(app).filter(({ severity }) => severity === 'error');
    expect(errors).toHaveLength(1);
    expect(ALL[0]?.text).toContain(errors.map(formatIssue).join('\n'));
  });

  test('every script that they name exists', () => {
    const named = mentions(/\bnpm run ([\w:-]+)/g);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => PACKAGE.scripts[name] === undefined)).toEqual([]);
  });

  test('every file that they run exists', () => {
    const named = mentions(/^(?:node|bash) ([\w./-]+)/gm);
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('every command that they name exists', () => {
    const named = mentions(/(?:^|`|npx )tars ([a-z]+(?: [a-z]+)?)/gm);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((words) => !isCommand(words))).toEqual([]);
  });

  test('every command is in the README', () => {
    const readme = ALL.find(({ path }) => path === 'README.md')?.text ?? '';
    const commands = commandsBelow().filter((name) => name !== 'help');
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter((name) => !readme.includes(`\`tars ${name}`))).toEqual([]);
  });
});

/** What the help lists below `tars`, or below one of its commands; nothing for one that has none. */
function commandsBelow(...command: string[]): string[] {
  const program = join(ROOT, 'build/lib/cli/main.js');
  const { stdout } = spawnSync(process.execPath, [program, ...command, '--help'], { encoding: 'utf8' });
  const listed = /^Commands:\n([\s\S]*?)\n\n/m.exec(stdout)?.[1] ?? '';
  return [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name);
}

/** `secrets init`, for instance: a command, and one below it where it has any. */
function isCommand(words: string): boolean {
  const [command = '', below] = words.split(' ');
  if (!commandsBelow().includes(command)) return false;
  const all = commandsBelow(command);
  return below === undefined || all.length === 0 || all.includes(below);
}
