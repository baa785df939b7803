import type { Issue } from '../../model/issues';
import { show } from '../../model/issues';
import { closest } from '../../model/names';
import { parseKubernetesMinor } from '../../model/versions';
import type { EmittedSet, JsonObject } from '../emitted';
import { fieldPath } from '../object-path';
import type { Proof } from '../proof';
import type { Keys } from '../read';
import { groupOf, objectOf, textOf, valueAt } from '../read';
import { customResource, customVersionsOf, isKnownGroup, kindNames, kindOf, versionsOf } from './api';
import type { Check, CheckText, Visit } from './check';
import { CHECKS } from './checks';
import { checkCustom } from './custom';
import { unknownApi } from './fields';
import { checkReferences } from './references';
import { checkName, names } from './rules/names';
import { shapeOf } from './shape';
import type { Place, Walker } from './walk';
import { keysOf, walk } from './walk';

/** What the API server would refuse or drop, and what its kubelets would never start. */
export const admission: Proof = {
  name: 'admission',
  summary: 'the API server takes every object, and drops nothing of it',
  prove: ({ emitted }) => admissionIssues(emitted),
};

/**
 * Everything that a server of the set's version would refuse.
 * @throws nothing: an object that cannot be read is an issue
 */
export function admissionIssues(emitted: EmittedSet): Issue[] {
  const minor = parseKubernetesMinor(emitted.kubernetesVersion) ?? Infinity;
  return [
    ...emitted.manifests.flatMap(({ object }) => objectIssues(object, minor)),
    ...checkReferences(emitted).map(({ text, object, keys, ...rest }) => issueOf(text, object, keys, rest)),
  ];
}

/** What is wrong with one object by itself. */
export function objectIssues(object: JsonObject, minor: number): Issue[] {
  const found: Issue[] = [];
  const report = (text: CheckText, keys: Keys, message: string, allowed?: string): void => {
    found.push(issueOf(text, object, keys, { message, allowed }));
  };
  const walker: Walker = {
    minor,
    report,
    isKept: true,
    visit: (type, value, place) => {
      for (const check of checksOn(type)) check.on[type]?.(new VisitAt(check, value, place, object, minor, report));
    },
  };
  const [apiVersion, kind] = [textOf(object['apiVersion']) ?? '', textOf(object['kind']) ?? ''];
  const known = kindOf(apiVersion, kind);
  const custom = customResource(apiVersion, kind);
  if (known !== undefined && minor >= known.since && minor <= known.until && known.type !== '') {
    walk(walker, shapeOf(known.type), object, undefined);
  } else {
    if (custom !== undefined) checkCustom(report, custom, object, []);
    else reportApi(object, apiVersion, kind, minor, report);
    walk(walker, shapeOf('meta/v1.ObjectMeta'), objectOf(object['metadata']), { above: undefined, key: 'metadata' });
  }
  checkName(object, minor, (keys, message, allowed) => {
    report(names, keys, message, allowed);
  });
  return found;
}

/** Kinds that no server of this version has. Of a group that is not Kubernetes' own nothing is known. */
function reportApi(
  object: JsonObject,
  apiVersion: string,
  kind: string,
  minor: number,
  report: Walker['report'],
): void {
  const group = groupOf(object);
  const isOwn = isKnownGroup(group) || !group.includes('.');
  const others = [...customVersionsOf(group, kind)];
  if (!isOwn && others.length === 0) {
    if (kind === '') report(unknownApi, ['kind'], 'the object has no kind');
    if (!/^([a-z0-9.-]+\/)?v\d+((alpha|beta)\d+)?$/.test(apiVersion))
      report(unknownApi, ['apiVersion'], 'not an API version', 'e.g. apps/v1');
    return;
  }
  const served = [...versionsOf(kind)].flatMap(([version, { since, until, type }]) =>
    type !== '' && minor >= since && minor <= until ? [version] : [],
  );
  const known = kindOf(apiVersion, kind);
  const elsewhere = [...served, ...others].join(', ');
  const allowed = elsewhere === '' ? undefined : elsewhere;
  if (known === undefined)
    report(
      unknownApi,
      ['apiVersion'],
      `no server has a ${kind} of this version`,
      allowed ?? closest(kind, kindNames()),
    );
  else if (minor < known.since)
    report(
      unknownApi,
      ['apiVersion'],
      `Kubernetes 1.${minor} does not have this yet`,
      allowed ?? `1.${known.since} and later`,
    );
  else if (minor > known.until) report(unknownApi, ['apiVersion'], `Kubernetes 1.${minor} has this no more`, allowed);
  else report(unknownApi, ['apiVersion'], `a version that servers have switched off`, allowed);
}

/** What a check is given. The keys are worked out only where somebody asks for them: most have nothing to say. */
class VisitAt implements Visit {
  public constructor(
    private readonly check: Check,
    public readonly value: JsonObject,
    private readonly place: Place,
    public readonly object: JsonObject,
    public readonly minor: number,
    private readonly report: Walker['report'],
  ) {}

  public get keys(): Keys {
    return this.place.key === '' ? [] : keysOf(this.place);
  }

  public readonly say: Visit['say'] = (below, message, allowed) => {
    this.report(this.check, [...this.keys, ...below], message, allowed);
  };
}

const NONE: readonly Check[] = [];
let byType: ReadonlyMap<string, readonly Check[]> | undefined;

function checksOn(type: string): readonly Check[] {
  if (byType === undefined) {
    const map = new Map<string, Check[]>();
    for (const check of CHECKS) {
      for (const name of Object.keys(check.on)) map.set(name, [...(map.get(name) ?? []), check]);
    }
    byType = map;
  }
  return byType.get(type) ?? NONE;
}

function issueOf(
  { code, severity, remedy }: CheckText,
  object: JsonObject,
  keys: Keys,
  { message, allowed }: { readonly message: string; readonly allowed?: string | undefined },
): Issue {
  const given = valueAt(object, keys);
  return {
    code,
    severity,
    path: fieldPath(object, keys),
    message,
    ...(given === undefined ? {} : { given: show(given) }),
    ...(allowed === undefined || allowed === '' ? {} : { allowed }),
    remedy,
  };
}
