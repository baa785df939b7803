import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { SystemModel } from '../../model/system-model';
import type { LiveObject } from '../../ops/doctor/objects';
import { examineCompose, examineKubernetes } from '../../ops/doctor/reader';
import { topologyOf } from '../../ops/doctor/topology';
import type { Topology } from '../../ops/doctor/topology';
import type { EmittedSet } from '../../verify/emitted';
import { namespaceOf } from '../../verify/read';
import type { Context } from '../context';
import type { ClusterPlace } from '../doctor/cluster-reader';
import { clusterHas, clusterReader } from '../doctor/cluster-reader';
import type { EnginePlace } from '../doctor/engine-reader';
import { engineHas, engineReader, projectOf } from '../doctor/engine-reader';
import type { DoctorReport } from '../doctor/report';
import { doctorData, doctorText } from '../doctor/report';
import { CliError } from '../errors';
import { EXIT } from '../exit-code';
import { interruptible } from '../interruptible';
import type { Io } from '../io';
import type { KubectlPlace } from '../kubectl-place';
import { forPlace, kubectlPlace, pinOf } from '../kubectl-place';
import { word } from '../ops-values';
import { appOption, engineOption, envOption, formatOption, printJson } from '../options';
import { withProgress } from '../progress';
import { subjectsOf } from '../synthesis';
import { DEFAULT_ENVIRONMENT, targetsOf } from '../targets';

const DESCRIPTION = `Says what is wrong with the running system, why, and the commands that mend it: containers that
crash or are out of memory, images, claims, nodes, quota and admission, probes, missing secrets,
autoscalers without metrics, certificates, and connections between components, which it tries from
inside. Causes only: what merely follows from one is named below it. Changes nothing, and reads no
value of a secret.`;

const HELP = `
Examples:
  tars doctor                            wherever the system runs: the cluster, the engine, or both
  tars doctor --target kubernetes        the cluster of tars.cluster.yaml, else of kubectl's current context
  tars doctor --context prod -o json     another one, for programs
  tars doctor --target compose           the containers on this machine

Exit codes: 0 nothing is wrong, 1 something is, 4 the system runs nowhere.
`;

/** Where objects are that say no namespace, unless kubectl is told another one. */
const NO_NAMESPACE = 'default';
const TARGETS = ['kubernetes', 'compose'] as const;
type Place =
  | { readonly target: 'kubernetes'; readonly at: ClusterPlace }
  | { readonly target: 'compose'; readonly at: EnginePlace };

/** `tars doctor`. */
export function doctorCommand(context: Context): CommandUnknownOpts {
  return new Command('doctor')
    .description(DESCRIPTION)
    .addOption(
      new Option(
        '--target <target>',
        'where to look (default: the one of tars.cluster.yaml, else wherever the system runs)',
      ).choices(TARGETS),
    )
    .option('--context <name>', 'a context of kubectl (default: the one of tars.cluster.yaml, else the current)', word)
    .option('--kubeconfig <file>', "a kubeconfig (default: kubectl's own)", word)
    .addOption(engineOption())
    .addOption(appOption())
    .addOption(envOption())
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io, out } = context;
      const reports = await withProgress(io.stderr, 'looking', async () => {
        const isCluster = options.context !== undefined || options.kubeconfig !== undefined;
        const wanted = options.target ?? (isCluster ? 'kubernetes' : pinOf(io)?.target);
        const kubectl = wanted === 'compose' ? undefined : await kubectlPlace(options, io);
        const loaded = await context.loadApp(options.app, io);
        const targets = targetsOf(loaded, { env: options.env ?? DEFAULT_ENVIRONMENT }, io.cwd);
        const places = subjectsOf(targets).flatMap(({ target, subject: { emitted, systems } }) => {
          return placesOf(emitted, systems, target.layout.manifests, kubectl, options.engine);
        });
        return interruptible(io, async (signal) => {
          const done: DoctorReport[] = [];
          for (const place of await chosen(places, wanted, io, signal)) done.push(await report(place, io, signal));
          return done;
        });
      });
      const isWell = reports.every(({ findings }) => findings.length === 0);
      const exitCode = isWell ? EXIT.ok : EXIT.failure;
      if (options.format === 'json') printJson(io.stdout, { targets: reports.map(doctorData), issues: [], exitCode });
      else io.stdout.write(reports.map((one) => doctorText(one, out)).join('\n'));
      context.exit(exitCode);
    });
}

/** Systems in one namespace are looked at together. */
function placesOf(
  emitted: EmittedSet,
  systems: readonly SystemModel[],
  manifests: string,
  kubectl: KubectlPlace | undefined,
  engine: string,
): Place[] {
  const spaces = new Map<string, SystemModel[]>();
  for (const system of systems) {
    const namespace = system.services[0]?.namespace ?? NO_NAMESPACE;
    spaces.set(namespace, [...(spaces.get(namespace) ?? []), system]);
  }
  return [
    ...[...spaces].flatMap(([space, models]): Place[] => {
      if (kubectl === undefined) return [];
      const namespace = space === NO_NAMESPACE ? (kubectl.namespace ?? space) : space;
      const own = emitted.manifests.filter(({ object }) => namespaceOf(object) === space);
      const expected = own.map(({ object }) => object as unknown as LiveObject);
      const topology = joined(models.map(topologyOf));
      return [{ target: 'kubernetes', at: { kubectl, namespace, manifests, expected, topology } }];
    }),
    ...emitted.compose.map(({ file, system, compose }): Place => {
      const topology = joined(systems.filter(({ path }) => path === system).map(topologyOf));
      return { target: 'compose', at: { engine, file, compose, topology } };
    }),
  ];
}

function joined(all: readonly Topology[]): Topology {
  return {
    components: all.flatMap(({ components }) => components),
    links: all.flatMap(({ links }) => links),
    needs: all.flatMap(({ needs }) => needs),
  };
}

/** Where to look: as asked, else wherever something of the system is. */
async function chosen(
  places: readonly Place[],
  wanted: Place['target'] | undefined,
  io: Io,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  if (wanted !== undefined) return places.filter(({ target }) => target === wanted);
  const asked = await Promise.all(
    places.map(async (place) => {
      const has = place.target === 'kubernetes' ? clusterHas(place.at, io, signal) : engineHas(place.at, io, signal);
      return { place, has: await has };
    }),
  );
  const found = asked.filter(({ has }) => has === true).map(({ place }) => place);
  if (found.length > 0) return found;
  const said = asked.map(
    ({ place: { target }, has }) => `${target}: ${has === undefined ? 'no answer' : 'nothing of it'}`,
  );
  throw new CliError(
    {
      code: 'TARS7300',
      severity: 'error',
      path: 'tars doctor',
      message: 'the system runs nowhere that could be asked',
      given: said.join('; '),
      allowed: 'a cluster that kubectl reaches, or an engine, on which it was brought up',
      remedy: 'bring it up, or say where to look with --target, --context or --engine',
    },
    EXIT.notFound,
  );
}

async function report(place: Place, io: Io, signal: AbortSignal): Promise<DoctorReport> {
  const links = place.at.topology.links.length;
  if (place.target === 'kubernetes') {
    const { kubectl, namespace } = place.at;
    const where = `context "${kubectl.context}", namespace ${namespace}`;
    const { findings, ...examined } = await examineKubernetes(clusterReader(place.at, io, signal));
    const mended = findings.map((one) => ({ ...one, remedies: forPlace(one.remedies, kubectl) }));
    return { target: 'kubernetes', where, links, ...examined, findings: mended };
  }
  const where = `project ${projectOf(place.at)}`;
  return { target: 'compose', where, links, ...(await examineCompose(engineReader(place.at, io, signal))) };
}
