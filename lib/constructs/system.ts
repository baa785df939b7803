import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Endpoint } from '../model/endpoint';
import type { ExposureSpec } from '../model/exposure';
import type { Issue } from '../model/issues';
import { formatIssue } from '../model/issues';
import type { ServiceSpec } from '../model/service-spec';
import type { ExternalSpec, GuardRailsSpec, Settings } from '../model/settings';
import type { SystemModel } from '../model/system-model';
import { assembleSystem } from '../model/system-model';
import { check } from '../rules/check';
import type { JsonObject } from '../verify/emitted';
import { carryOut, MANIFEST_PROOFS } from '../verify/proofs';
import { DEFAULT_SETTINGS } from './default-settings';

/** What the constructs of a system declared so far. It hangs on the system's root construct. */
interface Registry {
  settings: Settings | undefined;
  readonly services: ServiceSpec[];
  readonly externals: ExternalSpec[];
  readonly exposures: ExposureSpec[];
  readonly guardRails: GuardRailsSpec[];
  readonly issues: Issue[];
  model: SystemModel | undefined;
  /** The model whose issues were reported as data: validation has nothing to add to them. */
  reported: SystemModel | undefined;
}

/** A part that a construct declares. */
export interface SystemPart {
  readonly service?: ServiceSpec;
  readonly external?: ExternalSpec;
  readonly exposure?: ExposureSpec;
  readonly guardRails?: GuardRailsSpec;
  readonly settings?: Settings;
  readonly issues?: readonly Issue[];
}

const REGISTRY = Symbol.for('cdk8s-tars.registry');
const SYSTEM_ROOT = Symbol.for('cdk8s-tars.systemRoot');

/** Makes a construct the root of a system of its own: everything below it belongs together. */
export function markSystemRoot(scope: IConstruct): void {
  Object.defineProperty(scope, SYSTEM_ROOT, { value: true });
}

/** The nearest system root above a construct, else the root of the tree. */
export function systemRootOf(scope: IConstruct): IConstruct {
  const root = [...scope.node.scopes].reverse().find((s) => SYSTEM_ROOT in s);
  return root ?? scope.node.root;
}

function registryOf(root: IConstruct): Registry {
  const holder = root as IConstruct & { [REGISTRY]?: Registry };
  const known = holder[REGISTRY];
  if (known !== undefined) return known;
  const registry: Registry = {
    settings: undefined,
    services: [],
    externals: [],
    exposures: [],
    guardRails: [],
    issues: [],
    model: undefined,
    reported: undefined,
  };
  Object.defineProperty(root, REGISTRY, { value: registry });
  // Once for each root, so that an error is shown once, also by stock `cdk8s synth`.
  root.node.addValidation({
    validate: () => {
      if (registry.reported !== undefined && registry.reported === registry.model) return [];
      const errors = errorsOf(checkSystem(root));
      // A wrong model makes wrong manifests: what is wrong with those would be said twice.
      return (errors.length > 0 ? errors : errorsOf(checkManifests(root))).map(formatIssue);
    },
  });
  return registry;
}

/** Adds what a construct declares to its system. */
export function register(scope: IConstruct, part: SystemPart): void {
  const registry = registryOf(systemRootOf(scope));
  if (part.service !== undefined) registry.services.push(part.service);
  if (part.external !== undefined) registry.externals.push(part.external);
  if (part.exposure !== undefined) registry.exposures.push(part.exposure);
  if (part.guardRails !== undefined) registry.guardRails.push(part.guardRails);
  if (part.settings !== undefined) registry.settings = part.settings;
  registry.issues.push(...(part.issues ?? []));
  registry.model = undefined;
}

/** The system that a construct belongs to, below any chart. Computed once, at synth. */
export function systemOf(scope: IConstruct): SystemModel {
  const root = systemRootOf(scope);
  const registry = registryOf(root);
  registry.model ??= assembleSystem({
    path: root.node.path,
    settings: registry.settings ?? DEFAULT_SETTINGS,
    services: registry.services,
    externals: registry.externals,
    exposures: registry.exposures,
    guardRails: registry.guardRails,
    issues: registry.issues,
  });
  return registry.model;
}

/** All systems below a construct that declared anything, in the order of their paths. */
export function systemsIn(scope: IConstruct): SystemModel[] {
  return scope.node
    .findAll()
    .filter((c) => REGISTRY in c)
    .sort((a, b) => (a.node.path < b.node.path ? -1 : 1))
    .map((c) => systemOf(c));
}

/** Everything that is wrong with, or worth saying about, the system of a construct. */
export function checkSystem(scope: IConstruct): Issue[] {
  return check(systemOf(scope));
}

/**
 * What is wrong with the manifests below a construct: every proof that holds or not by them alone.
 * Stock `cdk8s synth` refuses what this refuses.
 */
function checkManifests(root: IConstruct): Issue[] {
  const model = systemOf(root);
  const charts = root.node.findAll().filter((c): c is Chart => Chart.isChart(c));
  const manifests = charts.flatMap((chart) =>
    ownObjects(chart).map((object, document) => ({ file: `${chart.node.path}.k8s.yaml`, document, object })),
  );
  const emitted = { kubernetesVersion: `1.${model.settings.kubernetesMinor}`, manifests, compose: [] };
  return MANIFEST_PROOFS.flatMap((proof) => carryOut(proof, { emitted, systems: [model] }).issues);
}

/** The objects of a chart, without those of charts inside of it. */
function ownObjects(chart: Chart): JsonObject[] {
  return chart.node
    .findAll()
    .filter((c): c is ApiObject => ApiObject.isApiObject(c) && Chart.of(c) === chart)
    .map((object) => object.toJson() as JsonObject);
}

function errorsOf(issues: readonly Issue[]): Issue[] {
  return issues.filter(({ severity }) => severity === 'error');
}

/**
 * The issues of an app, as data: of its systems, and of the validations that its other constructs
 * brought along.
 */
export function checkApp(app: IConstruct): Issue[] {
  const issues = systemsIn(app).flatMap((model) => {
    const root = app.node.findAll().find((c) => REGISTRY in c && c.node.path === model.path);
    if (root !== undefined) registryOf(root).reported = model;
    return check(model);
  });
  const foreign = app.node.findAll().flatMap((c) =>
    c.node.validate().map((message): Issue => ({
      code: 'TARS2011',
      severity: 'error',
      path: c.node.path === '' ? 'app' : c.node.path,
      message,
      remedy: 'see the documentation of that construct',
    })),
  );
  return [...issues, ...foreign];
}

/** An endpoint by name, for links that constructor references cannot express: cycles, callbacks. */
export function ref(scope: IConstruct, service: string, port: string): Endpoint {
  return new Endpoint(service, port, Chart.of(scope).node.path);
}

/** The construct path and id of the chart around a construct. */
export function chartOf(scope: IConstruct): { chart: string; prefix: string; namespace: string | undefined } {
  const chart = Chart.of(scope);
  return { chart: chart.node.path, prefix: chart.node.id, namespace: chart.namespace };
}
