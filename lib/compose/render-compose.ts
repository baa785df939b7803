import type { Issue } from '../model/issues';
import { planGateway } from '../model/gateway-plan';
import type { ServiceSpec } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import type { Answer, Fragment, NoticeFor } from './answer';
import { answer, combine, notice, noticeIssues } from './answer';
import type { ComposeFile, ComposeService, ComposeVolume } from './compose-file';
import { developmentFile } from './development-file';
import { gatewayClient, serviceClient, taskClient } from './edges';
import { environmentExample } from './env-example';
import { composeText } from './environment';
import { GATEWAY_FILE, gatewayService } from './gateway-service';
import { finish } from './interpolation';
import { mergePatch } from './merge-patch';
import { gatewayName, taskName } from './names';
import type { Membership } from './networks';
import { composeNetworks, networksOf, publishesItself } from './networks';
import type { ServiceContext } from './service-context';
import { SERVICE } from './service-table';
import type { SystemContext } from './system-context';
import { developmentOf, systemContext } from './system-context';
import { variableClashes } from './variables';
import { taskAnswers } from './task-table';
import { configFilePath, namedVolumes } from './volume-table';

/** A file to be written, its path relative to the directory of the Compose files. */
export interface ComposeOutputFile {
  readonly path: string;
  readonly content: string;
}

/** Everything that one system is on Compose. */
export interface ComposeOutput {
  /** `docker-compose.yml`. */
  readonly file: ComposeFile;
  /** `compose.dev.yml`, to be named after the main file by those whose Compose is new enough. */
  readonly development: ComposeFile;
  /** `.env.example`: every variable, secrets without a value. */
  readonly env: string;
  /** Files that the containers mount, read-only. They must be readable for everybody (mode 0644). */
  readonly files: readonly ComposeOutputFile[];
  /** What Compose cannot express, for the user to know; and, as errors, names that clash there. */
  readonly notices: readonly Issue[];
}

export interface ComposeOptions {
  /** Content of the gateway's nginx.conf, from lib/gateway: it becomes one of the files. */
  readonly gatewayConfiguration?: string | undefined;
}

/** Renders a system for Docker Compose 2.20 and later. Pure: the same model gives the same output. */
export function renderCompose(model: SystemModel, options: ComposeOptions = {}): ComposeOutput {
  const context = systemContext(model);
  const units = unitsOf(context, options);
  const services = units.map(({ name, fragment, spec }): [string, ComposeService] => [name, written(fragment, spec)]);
  const volumes = [...new Set(model.services.flatMap((spec) => namedVolumes({ spec })))].sort();
  const file: ComposeFile = {
    name: context.project,
    services: Object.fromEntries(services),
    networks: composeNetworks(units.map((unit) => unit.member)),
    volumes: Object.fromEntries(volumes.map((name): [string, ComposeVolume] => [name, {}])),
  };
  const notices = [...units.flatMap((unit) => unit.notices), ...networkNotice(model, file)];
  return {
    file,
    development: developmentFile(context),
    env: environmentExample(context, Object.keys(file.services)),
    files: outputFiles(model, options),
    notices: [...clashes(units), ...variableClashes(model), ...noticeIssues(model.path, notices)],
  };
}

/** Two services of the file with one name: a task, named after its service, or the gateway may meet another. */
function clashes(units: readonly Unit[]): Issue[] {
  const firsts = new Map<string, Unit>();
  return units.flatMap((unit): Issue[] => {
    const first = firsts.get(unit.name);
    if (first === undefined) {
      firsts.set(unit.name, unit);
      return [];
    }
    return [
      {
        code: 'TARS1004',
        severity: 'error',
        path: unit.path,
        message: `the name on Compose is taken by ${first.path}`,
        given: `"${unit.name}"`,
        allowed: 'a name of its own; a task is called <service>-<task>',
        remedy: 'set another composeName, or rename the task',
      },
    ];
  });
}

/** An engine has address ranges for 30 networks, of all projects together, unless it is told more. */
const MANY_NETWORKS = 24;

function networkNotice(model: SystemModel, file: ComposeFile): NoticeFor[] {
  const count = Object.keys(file.networks ?? {}).length;
  if (count <= MANY_NETWORKS) return [];
  const because = 'an engine has 30 for all projects together: set "default-address-pools" of the engine if it says so';
  return [{ path: model.path, answer: notice(`be sure of address ranges for ${count} networks`, because) }];
}

/** What Compose cannot express of this system, as issues of severity "notice". */
export function composeNotices(model: SystemModel): readonly Issue[] {
  return renderCompose(model).notices;
}

/** One Compose service in the making. */
interface Unit {
  readonly name: string;
  /** Construct path of the service that it belongs to, for messages. */
  readonly path: string;
  readonly member: Membership;
  readonly fragment: Fragment;
  readonly notices: readonly NoticeFor[];
  /** The service whose override is merged in; undefined for what is ours. */
  readonly spec: ServiceSpec | undefined;
}

type Draft = Omit<Unit, 'fragment' | 'notices'> & {
  readonly answers: (networks: readonly string[]) => readonly Answer[] | Fragment;
};

function unitsOf(context: SystemContext, options: ComposeOptions): Unit[] {
  const drafts = [...context.model.services.flatMap((spec) => serviceDrafts(context, spec)), ...gatewayDraft(context, options)];
  const networks = networksOf(drafts.map((draft) => draft.member));
  return drafts
    .map(({ answers, ...draft }, index): Unit => {
      const result = answers(networks[index] ?? []);
      const isList = (value: readonly Answer[] | Fragment): value is readonly Answer[] => Array.isArray(value);
      return isList(result)
        ? { ...draft, fragment: combine(result), notices: result.map((one) => ({ path: draft.path, answer: one })) }
        : { ...draft, fragment: result, notices: [] };
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function serviceDrafts(context: SystemContext, spec: ServiceSpec): Draft[] {
  const development = developmentOf(context, spec);
  const client = serviceClient(context.model, spec);
  const service: Draft = {
    name: spec.composeName,
    path: spec.path,
    spec,
    member: { client, internet: spec.internet || client.outside.length > 0, publishes: publishesItself(spec) },
    answers: (networks) => answer(SERVICE, spec, { ...context, spec, development, client, networks }),
  };
  const tasks = spec.tasks.map((task): Draft => {
    const own = taskClient(context.model, spec, task);
    return {
      name: taskName(spec, task),
      path: spec.path,
      spec: undefined,
      member: { client: own, internet: task.internet || own.outside.length > 0, publishes: false },
      answers: (networks) => {
        const taskContext: ServiceContext = { ...context, spec, development, client: own, networks };
        return taskAnswers(task, taskContext);
      },
    };
  });
  return [service, ...tasks];
}

function gatewayDraft(context: SystemContext, options: ComposeOptions): Draft[] {
  const name = gatewayName(context.model);
  const plan = planGateway(context.model);
  const client = gatewayClient(context.model, name);
  if (plan === undefined || client === undefined) return [];
  return [
    {
      name,
      path: context.model.path,
      spec: undefined,
      member: { client, internet: client.outside.length > 0, publishes: true },
      answers: (networks) =>
        gatewayService(context, { plan, client, networks, configuration: options.gatewayConfiguration }),
    },
  ];
}

/** Keys of a service in the order in which a person reads them. */
const KEY_ORDER: readonly (keyof ComposeService)[] = [
  ...(['image', 'build', 'pull_policy', 'profiles', 'entrypoint', 'command', 'init', 'user'] as const),
  ...(['environment', 'depends_on', 'healthcheck', 'ports', 'networks', 'network_mode', 'extra_hosts'] as const),
  ...(['volumes', 'tmpfs', 'shm_size', 'read_only', 'cap_drop', 'security_opt', 'cpu_shares', 'deploy'] as const),
  ...(['restart', 'stop_signal', 'stop_grace_period', 'labels', 'develop'] as const),
];

/** Variables and `$` written out, empty fields dropped, keys in order, the user's override last. */
function written(fragment: Fragment, spec: ServiceSpec | undefined): ComposeService {
  const finished: Partial<Record<string, unknown>> = finish(fragment);
  const ordered = KEY_ORDER.flatMap((key) => {
    const value = finished[key];
    return value === undefined || isEmpty(value) ? [] : [[key, value] as const];
  });
  return mergePatch(Object.fromEntries(ordered), spec?.overrides.compose ?? {}) as ComposeService;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function outputFiles(model: SystemModel, options: ComposeOptions): ComposeOutputFile[] {
  const mounted = model.services.flatMap((spec) =>
    spec.files.map((file) => ({ path: configFilePath(spec.composeName, file), content: composeText(model, file.content) })),
  );
  const gateway =
    options.gatewayConfiguration === undefined ? [] : [{ path: GATEWAY_FILE, content: options.gatewayConfiguration }];
  return [...mounted, ...gateway].sort((a, b) => (a.path < b.path ? -1 : 1));
}
