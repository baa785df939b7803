// Generates lib/verify/admission/schema/: the kinds and fields of the Kubernetes API in every minor
// version that we support, from the releases' own OpenAPI and Go sources, which the Go module proxy
// serves, and the custom resources whose definitions are in imports/crds.
//   node .ci/schemas.mjs             write the files
//   node .ci/schemas.mjs --check     write nothing; exit 1 if a fresh run would differ
// Needs Go. The same releases give the same bytes.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCrds } from './schemas/crds.mjs';
import { readGates, readGoTypes } from './schemas/go-types.mjs';
import { readRelease } from './schemas/openapi.mjs';

/** The patch release that stands for each minor version. */
const RELEASES = [
  ...['25.16', '26.15', '27.16', '28.15', '29.15', '30.14', '31.14', '32.13', '33.13', '34.1', '35.0', '36.0', '37.2'],
];
const GROUPS = [
  ...['', 'apps', 'batch', 'autoscaling', 'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io'],
  ...['storage.k8s.io', 'scheduling.k8s.io', 'discovery.k8s.io', 'admissionregistration.k8s.io'],
  ...['node.k8s.io', 'coordination.k8s.io'],
];
/** Go packages that hold the types of these groups. */
const PACKAGES = [
  ...['core/v1', 'apps/v1', 'batch/v1', 'autoscaling/v1', 'autoscaling/v2', 'networking/v1', 'policy/v1', 'rbac/v1'],
  ...['storage/v1', 'scheduling/v1', 'discovery/v1', 'admissionregistration/v1', 'node/v1', 'coordination/v1'],
];
/** A gate that no version has on. */
const NEVER = 99;
/** Fields whose gate is about one of their values, and not about the field. */
const GATED_VALUES = new Set([
  'autoscaling/v1 HorizontalPodAutoscalerSpec.minReplicas',
  'autoscaling/v2 HorizontalPodAutoscalerSpec.minReplicas',
  'autoscaling/v2 MetricSpec.type',
  'batch/v1 PodFailurePolicyRule.action',
  'core/v1 PersistentVolumeClaimSpec.dataSourceRef',
  'core/v1 PersistentVolumeSpec.nodeAffinity',
  'core/v1 Toleration.operator',
]);

/** Fields behind a gate that their comments do not name. */
const UNSAID_GATES = { 'core/v1 Lifecycle.stopSignal': 'ContainerStopSignals' };

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const first = Number(RELEASES[0].split('.')[0]);
const last = Number(RELEASES.at(-1).split('.')[0]);

const files = {
  'kubernetes.ts': constant('KUBERNETES', 'the Kubernetes API of 1.25 to 1.37', kubernetes()),
  'custom-resources.ts': constant('CUSTOM_RESOURCES', 'the custom resources of imports/crds', readCrds(root)),
};
let stale = 0;
for (const [name, text] of Object.entries(files)) {
  const file = join(root, 'lib', 'verify', 'admission', 'schema', name);
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) stale += 1;
  console.log(`${check ? 'checked' : 'wrote'} ${name}: ${Math.round(text.length / 1024)} KiB`);
}
if (stale > 0) {
  console.error('the schemas are not what their sources make: run npm run schemas');
  process.exitCode = 1;
}

/** One table of all versions. */
function kubernetes() {
  const kinds = new Map();
  const types = new Map();
  for (const release of RELEASES) {
    const minor = Number(release.split('.')[0]);
    const directory = moduleDirectory('k8s.io/kubernetes', `v1.${release}`);
    const gates = readGates(directory, minor);
    const go = readGoTypes(moduleDirectory('k8s.io/api', `v0.${release}`), PACKAGES, new Set(gates.keys()));
    const { kinds: itsKinds, types: itsTypes } = readRelease(directory, GROUPS);
    for (const [kind, type] of itsKinds) note(kinds, kind, minor, { type, isOn: true, values: undefined });
    for (const [name, fields] of itsTypes) {
      if (!types.has(name)) types.set(name, new Map());
      for (const [field, type] of fields) {
        const key = name.replace('.', ' ') + `.${field}`;
        const gate = GATED_VALUES.has(key) ? undefined : (UNSAID_GATES[key] ?? go.gates.get(key));
        const isOn = gate === undefined || (gates.get(gate) ?? true);
        note(types.get(name), field, minor, { type, isOn, values: go.enums.get(key) });
      }
    }
  }
  inheritHistory(types);
  return {
    kinds: Object.fromEntries(sorted(kinds).map(([kind, seen]) => [kind, written(seen)])),
    types: Object.fromEntries(
      sorted(types).map(([name, fields]) => [
        name,
        Object.fromEntries(sorted(fields).map(([field, seen]) => [field, written(seen)])),
      ]),
    ),
  };
}

/** Where a field changed its type to one of another name, fields that both have are as old as the field. */
function inheritHistory(types) {
  const named = (type) => type.replace(/^([[{][\]}])*/, '').replace(/!$/, '');
  for (const fields of [...types.values()]) {
    for (const seen of fields.values()) {
      const now = named(seen.at(-1).type);
      for (const { minor, type } of seen) {
        const before = types.get(named(type));
        if (named(type) === now || before === undefined || !types.has(now)) continue;
        for (const [field, itsSeen] of types.get(now)) {
          const earlier = before.get(field)?.find((fact) => fact.minor === minor);
          if (earlier === undefined || itsSeen.some((fact) => fact.minor === minor)) continue;
          itsSeen.push({ ...earlier });
          itsSeen.sort((a, b) => a.minor - b.minor);
        }
      }
    }
  }
}

function note(map, key, minor, fact) {
  if (!map.has(key)) map.set(key, []);
  map.get(key).push({ minor, ...fact });
}

/** `type! =A,B 27-35 ~29`: the newest type, its values, first and last version, the first that has it on. */
function written(seen) {
  const newest = seen.at(-1);
  const parts = [newest.type];
  const values = enumeration(seen);
  if (values !== undefined) parts.push(`=${values}`);
  const until = newest.minor === last ? '' : newest.minor;
  if (seen[0].minor !== first || until !== '') parts.push(`${seen[0].minor}-${until}`);
  const off = seen.findLastIndex(({ isOn }) => !isOn);
  if (off >= 0) parts.push(`~${seen[off + 1]?.minor ?? NEVER}`);
  return parts.join(' ');
}

/** Values with the version that added them, if not the first: `A,B:31`. */
function enumeration(seen) {
  const since = new Map();
  for (const { minor, values } of seen)
    for (const value of values ?? []) if (!since.has(value)) since.set(value, minor);
  if (seen.at(-1).values === undefined || since.size === 0) return undefined;
  // A field that was free text before it was marked as an enumeration had these values all the time.
  const start = seen.find(({ values }) => values !== undefined).minor;
  return [...since].map(([value, minor]) => (minor === start ? value : `${value}:${minor}`)).join(',');
}

function sorted(map) {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** @returns {string} where Go keeps the sources of a module */
function moduleDirectory(module, version) {
  const args = ['mod', 'download', '-json', `${module}@${version}`];
  return JSON.parse(
    execFileSync('go', args, { cwd: tmpdir(), encoding: 'utf8', env: { ...process.env, GOWORK: 'off' } }),
  ).Dir;
}

/** A text, since a JSON parser reads it many times faster than Node compiles a literal, and only when asked. */
function constant(name, what, value) {
  const text = JSON.stringify(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `// Generated by npm run schemas: ${what}.\nexport const ${name} = '${text}';\n`;
}
