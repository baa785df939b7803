import { relative } from 'node:path';
import type { FileChange } from '../synth';
import type { Address } from './addresses';
import { addressesOf } from './addresses';
import type { Paint } from './paint';
import type { Synthesis } from './synthesis';
import { table } from './table';
import { DEFAULT_ENVIRONMENT, environmentName } from './targets';

/** Names that are listed before it becomes "and … more". */
const LISTED = 12;

/** What a run did, for programs. Paths are relative to the project; nothing of a secret but its name. */
export function synthesisData(done: readonly Synthesis[]): object {
  return {
    changed: done.some((one) => changesOf(one).length > 0),
    environments: done.map((one) => ({
      name: environmentName(one.target),
      manifests: one.target.layout.manifests,
      compose: one.target.layout.compose,
      files: one.result.files,
      secrets: one.secrets?.written ?? [],
      issues: one.issues,
      addresses: one.result.systems.flatMap(addressesOf),
      next: nextCommands(one),
    })),
  };
}

/** What a run did, for people: counts by directory, the names that changed. */
export function changesText(done: readonly Synthesis[], paint: Paint, dryRun: boolean): string {
  const files = filesOf(done);
  const changed = files.filter(({ change }) => change !== 'unchanged');
  const directories = [
    ...new Set(done.flatMap(({ target: { layout } }) => [layout.manifests, layout.compose, layout.docker])),
  ];
  const secrets = done.flatMap((one) => one.secrets?.written ?? []);
  if (changed.length === 0 && secrets.length === 0) {
    const places = directories.filter((d) => files.some((f) => directoryOf(f, directories) === d)).map((d) => `${d}/`);
    return `${paint('green', 'nothing changed')}: ${files.length} files in ${list(places)} are up to date\n`;
  }
  const rows = directories.map((name) => ({ name, files: files.filter((f) => directoryOf(f, directories) === name) }));
  const count =
    (change: FileChange['change']) =>
    (row: (typeof rows)[number]): string =>
      String(row.files.filter((f) => f.change === change).length || '-');
  const counts = table(
    [
      { title: dryRun ? 'would write' : 'written', text: (row) => `${row.name}/` },
      ...(['created', 'changed', 'removed', 'unchanged'] as const).map((change) => ({
        title: change,
        text: count(change),
        align: 'right' as const,
      })),
    ],
    rows.filter((row) => row.files.length > 0),
  );
  return `${headed(counts, paint)}${namesText(changed, paint)}${secretsText(secrets, paint)}`;
}

/** Where everything is found, and what to do next. */
export function nextText(done: readonly Synthesis[], paint: Paint): string {
  return done
    .map((one) => {
      const title = done.length === 1 ? '' : ` (${environmentName(one.target)})`;
      const addresses = one.result.systems.flatMap(addressesOf);
      const where =
        addresses.length === 0
          ? ''
          : headed(
              table<Address>(
                [
                  {
                    title: `addresses${title}`,
                    text: ({ name, service }) => (name === service ? name : `${name} (${service})`),
                  },
                  { title: 'compose', text: ({ compose }) => compose ?? '-' },
                  { title: 'cluster', text: ({ kubernetes }) => kubernetes },
                ],
                addresses,
              ),
              paint,
            );
      const next = nextCommands(one).map(({ command, why }) => ({
        command: paint('cyan', command),
        length: command.length,
        why,
      }));
      const widest = Math.max(0, ...next.map(({ length }) => length));
      const lines = next.map(
        ({ command, length, why }) => `  ${command}${' '.repeat(widest - length)}  ${paint('dim', `# ${why}`)}\n`,
      );
      return `${where === '' ? '' : `\n${where}`}\n${paint('bold', `next${title}`)}\n${lines.join('')}`;
    })
    .join('');
}

/** What usually follows a run. */
function nextCommands({ target, result }: Synthesis): { readonly command: string; readonly why: string }[] {
  const { layout, environment } = target;
  const env = environment === undefined || environment === DEFAULT_ENVIRONMENT ? '' : ` --env ${environment}`;
  const builds = result.systems.some((model) => model.services.some(({ image }) => image.kind === 'build'));
  const registry = result.systems.some((model) => model.settings.images.registry !== undefined);
  const carry = registry ? `npx tars images push${env}` : `npx tars images load${env}`;
  const composeFiles = result.files.filter((f) => f.path.endsWith('/docker-compose.yml') && f.change !== 'removed');
  return [
    ...composeFiles.map(({ path }) => ({
      command: `docker compose -f ${path} up -d`,
      why: 'everything on this machine',
    })),
    ...(builds
      ? [
          {
            command: `npx tars images build${env} && ${carry}`,
            why: registry ? 'images to your registry' : 'images to a local cluster',
          },
        ]
      : []),
    { command: `kubectl apply -f ${layout.manifests}`, why: 'everything on a cluster' },
  ];
}

function changesOf(one: Synthesis): readonly FileChange[] {
  return one.result.files.filter(({ change }) => change !== 'unchanged');
}

/** Files of all environments; one that several write (a Dockerfile) counts once. */
function filesOf(done: readonly Synthesis[]): FileChange[] {
  const files = new Map<string, FileChange>();
  for (const file of done.flatMap((one) => one.result.files)) {
    if (!files.has(file.path) || file.change !== 'unchanged') files.set(file.path, file);
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The innermost of the directories that a file is in. */
function directoryOf(file: FileChange, directories: readonly string[]): string {
  const around = directories.filter((directory) => !relative(directory, file.path).startsWith('..'));
  return around.sort((a, b) => b.length - a.length)[0] ?? '';
}

function namesText(changed: readonly FileChange[], paint: Paint): string {
  if (changed.length === 0) return '';
  const colours = { created: 'green', changed: 'yellow', removed: 'red', unchanged: 'dim' } as const;
  const shown = changed
    .slice(0, LISTED)
    .map(({ path, change }) => `  ${paint(colours[change], change.padEnd(7))}  ${path}\n`);
  const more = changed.length - shown.length;
  return `\n${shown.join('')}${more > 0 ? `  and ${more} more\n` : ''}`;
}

function secretsText(
  written: readonly { path: string; added: readonly string[]; created: boolean }[],
  paint: Paint,
): string {
  const lines = written.map(({ path, added, created }) => {
    const keys = added.length === 0 ? '' : `: ${added.join(', ')}`;
    return `  ${paint(created ? 'green' : 'yellow', created ? 'created' : 'added  ')}  ${path}${keys}\n`;
  });
  return lines.length === 0 ? '' : `\n${paint('bold', 'secrets, for you alone')}\n${lines.join('')}`;
}

/** A table with its first line in bold. */
function headed(text: string, paint: Paint): string {
  const end = text.indexOf('\n');
  return paint('bold', text.slice(0, end)) + text.slice(end);
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
