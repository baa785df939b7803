import type { EmittedCompose, Json, JsonObject } from '../emitted';
import { composePath } from '../object-path';
import { isObject, listOf, objectOf, textOf, textsOf, valueAt } from '../read';
import { imageFindings } from './image-findings';
import type { ComposeChange, Finding, ReleaseChange } from './release-change';

/** What `docker compose up -d` makes of the new files where the old ones run. */
export function composeChanges(change: ReleaseChange): readonly Finding[] {
  return change.compose.flatMap(({ before, after, fields }) => {
    if (before === undefined || after === undefined) return before === undefined ? [] : [leftProject(before)];
    const compared = { before, after };
    return [
      ...renamedProject(compared),
      ...leftServices(compared),
      ...leftVolumes(compared),
      ...images(compared),
      ...widerPorts(compared),
      ...newVariables(compared),
      ...recreated(compared, fields),
    ];
  });
}

interface Compared {
  readonly before: EmittedCompose;
  readonly after: EmittedCompose;
}

const up = (file: string): string => `docker compose -f ${file} up -d --remove-orphans`;
const projectOf = ({ compose }: EmittedCompose): string | undefined => textOf(compose['name']);
const servicesOf = ({ compose }: EmittedCompose): JsonObject => objectOf(compose['services']);

function leftProject(before: EmittedCompose): Finding {
  return {
    code: 'TARS6610',
    severity: 'warning',
    path: before.file,
    message: 'no longer made: its containers go on running, and its volumes stay',
    given: `project ${projectOf(before) ?? '(named after its directory)'}`,
    allowed: 'nothing of it running',
    remedy: 'take it down with the old file, before that is removed; without -v the volumes stay',
    steps: [`docker compose -f ${before.file} down`],
  };
}

/** Volumes, networks and containers are named after the project. */
function renamedProject({ before, after }: Compared): Finding[] {
  const [from, to] = [projectOf(before), projectOf(after)];
  if (from === to) return [];
  return [
    {
      code: 'TARS6603',
      severity: 'error',
      path: composePath(after, ['name']),
      message:
        'another project: every volume is a new, empty one, and the old containers keep running and hold their ports',
      given: `${from ?? '(named after its directory)'} → ${to ?? '(named after its directory)'}`,
      allowed: 'the name that the volumes were made with',
      remedy: 'keep the name; or take the old project down (volumes stay without -v) and copy each volume',
      steps: [
        `docker compose -p ${from ?? '<old project>'} down`,
        `docker run --rm -v ${from ?? '<old project>'}_<volume>:/from:ro -v ${to ?? '<new project>'}_<volume>:/to alpine cp -a /from/. /to/`,
        up(after.file),
      ],
    },
  ];
}

function leftServices({ before, after }: Compared): Finding[] {
  const now = servicesOf(after);
  return Object.keys(servicesOf(before))
    .filter((name) => !Object.hasOwn(now, name))
    .map((name): Finding => ({
      code: 'TARS6610',
      severity: 'warning',
      path: composePath(after, ['services', name]),
      message: 'no longer made, and `docker compose up` leaves its container running',
      given: `services.${name}, of the release before`,
      allowed: 'no container of this name',
      remedy: 'say --remove-orphans',
      steps: [up(after.file)],
    }));
}

/** A volume that a service had at a path, and has not any more. */
function leftVolumes({ before, after }: Compared): Finding[] {
  const project = projectOf(after) ?? '<project>';
  const now = servicesOf(after);
  const named = new Set(Object.entries(now).flatMap(([, service]) => mountsOf(service).map(({ source }) => source)));
  const seen = new Set<string>();
  return Object.entries(servicesOf(before)).flatMap(([name, service]) =>
    mountsOf(service).flatMap(({ source, target }): Finding[] => {
      const heir = mountsOf(now[name]).find((mount) => mount.target === target);
      if (heir?.source === source || (heir === undefined && named.has(source)) || seen.has(source)) return [];
      seen.add(source);
      const [from, to] = [volumeName(before, source), heir === undefined ? undefined : volumeName(after, heir.source)];
      return [
        {
          code: 'TARS6603',
          severity: 'error',
          path: composePath(after, ['services', name, 'volumes']),
          message: `the data in the volume ${from} is left behind: ${to === undefined ? 'nothing mounts it any more' : `${to} starts empty`}`,
          given: to === undefined ? `nothing at ${target}` : `${from} → ${to}, at ${target}`,
          allowed: `${from} at ${target}`,
          remedy:
            to === undefined
              ? 'if the data is needed, keep the service; if not, remove the volume once there is a backup'
              : 'keep the name; or copy the volume while the service is stopped',
          steps:
            to === undefined
              ? [`docker volume ls --filter label=com.docker.compose.project=${project}`]
              : [
                  `docker compose -f ${after.file} stop ${name}`,
                  `docker run --rm -v ${from}:/from:ro -v ${to}:/to alpine cp -a /from/. /to/`,
                  up(after.file),
                ],
        },
      ];
    }),
  );
}

interface VolumeMount {
  readonly source: string;
  readonly target: string;
}

function mountsOf(service: Json | undefined): VolumeMount[] {
  return listOf(valueAt(service, ['volumes'])).flatMap((volume) => {
    if (typeof volume === 'string') {
      const [source = '', target = ''] = volume.split(':');
      return /^[\w][\w.-]*$/.test(source) && target !== '' ? [{ source, target }] : [];
    }
    const [source, target] = [textOf(valueAt(volume, ['source'])), textOf(valueAt(volume, ['target']))];
    const isNamed = valueAt(volume, ['type']) === 'volume' && source !== undefined && target !== undefined;
    return isNamed ? [{ source, target }] : [];
  });
}

/** What the engine calls a volume. */
function volumeName(file: EmittedCompose, key: string): string {
  const given = textOf(valueAt(file.compose, ['volumes', key, 'name']));
  return given ?? `${projectOf(file) ?? '<project>'}_${key}`;
}

function images({ before, after }: Compared): Finding[] {
  return Object.entries(servicesOf(after)).flatMap(([name, service]) => {
    const [from, to] = [valueAt(servicesOf(before)[name], ['image']), valueAt(service, ['image'])].map(textOf);
    if (from === undefined || to === undefined) return [];
    return imageFindings(from, to, {
      path: composePath(after, ['services', name, 'image']),
      keepsData: mountsOf(service).length > 0,
      dump: [
        `docker compose -f ${before.file} exec ${name} pg_dumpall -U <user> > all.sql   # with the old version`,
        'give the service a volume of another name, start it, and load all.sql with psql',
      ],
    });
  });
}

/** A port that was published on this machine only, and is now on all of its addresses. */
function widerPorts({ before, after }: Compared): Finding[] {
  return Object.entries(servicesOf(after)).flatMap(([name, service]) =>
    listOf(valueAt(service, ['ports'])).flatMap((port, index): Finding[] => {
      if (!isObject(port)) return [];
      const published = textOf(port['published']) ?? '';
      const old = listOf(valueAt(servicesOf(before)[name], ['ports'])).find(
        (one) => isObject(one) && textOf(one['published']) === published,
      );
      const [from, to] = [addressOf(old), addressOf(port)];
      if (old === undefined || from === to || !from.startsWith('127.')) return [];
      return [
        {
          code: 'TARS6611',
          severity: 'warning',
          path: composePath(after, ['services', name, 'ports', index, 'host_ip']),
          message: `port ${published} is open to other machines from now on`,
          given: `${from} → ${to}`,
          allowed: from,
          remedy: 'if it is not meant, publish on 127.0.0.1',
          steps: [],
        },
      ];
    }),
  );
}

function addressOf(port: Json | undefined): string {
  return textOf(valueAt(port, ['host_ip'])) ?? '0.0.0.0';
}

/** Variables without which Compose refuses to start, and which the old file did not ask for. */
function newVariables({ before, after }: Compared): Finding[] {
  const [old, now] = [before, after].map((file) => requiredIn(file.compose));
  const fresh = [...(now ?? [])].filter((name) => old?.has(name) !== true).sort();
  if (fresh.length === 0) return [];
  return [
    {
      code: 'TARS6612',
      severity: 'warning',
      path: after.file,
      message: 'Compose refuses to start before these variables have a value',
      given: fresh.join(', '),
      allowed: 'a value for each in the .env beside the file',
      remedy: 'run `tars synth` or `tars secrets init`, which add what is missing and change nothing else',
      steps: ['tars secrets init'],
    },
  ];
}

function requiredIn(value: Json | undefined): ReadonlySet<string> {
  return new Set([...JSON.stringify(value ?? null).matchAll(/\$\{(\w+):?\?/g)].map(([, name]) => name ?? ''));
}

function recreated({ before, after }: Compared, fields: ComposeChange['fields']): Finding[] {
  const names = new Map<string, string[]>();
  for (const { keys, path } of fields) {
    const [section, name] = keys;
    if (section !== 'services' || typeof name !== 'string') continue;
    if (!Object.hasOwn(servicesOf(before), name) || !Object.hasOwn(servicesOf(after), name)) continue;
    names.set(name, [...(names.get(name) ?? []), path.replace(`services.${name}.`, '')]);
  }
  const files = changedFiles(before, after);
  return [
    ...[...names].map(([name, causes]): Finding => ({
      code: 'TARS6607',
      severity: 'notice',
      path: composePath(after, ['services', name]),
      message: 'its container is made anew, an interruption',
      given: [...new Set(causes)].slice(0, 6).join(', '),
      allowed: 'the service that runs now, for no restart',
      remedy: 'nothing, if that is what you expect',
      steps: [],
    })),
    ...(files.length === 0
      ? []
      : [
          {
            code: 'TARS6608' as const,
            severity: 'warning' as const,
            path: after.file,
            message: 'running containers do not read a mounted file again when it changes, and nothing restarts them',
            given: files.join(', '),
            allowed: 'new containers of the services that mount them',
            remedy: 'make the containers that mount them anew',
            steps: [
              `docker compose -f ${after.file} up -d --force-recreate --no-deps ${servicesWith(after, files).join(' ')}`,
            ],
          },
        ]),
  ];
}

function changedFiles(before: EmittedCompose, after: EmittedCompose): string[] {
  const [old, now] = [textsOf(before.files), textsOf(after.files)];
  return Object.keys(now).filter((path) => Object.hasOwn(old, path) && old[path] !== now[path]);
}

/** Services that mount one of the files, or a directory of it. */
function servicesWith(file: EmittedCompose, paths: readonly string[]): string[] {
  const isMounted = (volume: Json): boolean => {
    const source = (textOf(valueAt(volume, ['source'])) ?? '').replace(/^\.\//, '');
    return source !== '' && paths.some((path) => path === source || path.startsWith(`${source}/`));
  };
  return Object.entries(servicesOf(file))
    .filter(([, service]) => listOf(valueAt(service, ['volumes'])).some(isMounted))
    .map(([name]) => name);
}
