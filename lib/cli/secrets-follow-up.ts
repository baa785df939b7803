import { systemsIn } from '../constructs/system';
import { prefixed } from '../model/names';
import type { ServiceSpec } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import type { SecretFile } from '../synth/secret-files';
import type { Paint } from './paint';
import type { Target } from './targets';

/** A file in which a value was set. */
export interface ChangedPlace {
  readonly target: Target;
  readonly file: SecretFile;
  readonly isCluster: boolean;
}

/**
 * The commands that bring a new value to those who read it. The cluster's Secret is immutable, so
 * it is made anew, and pods read it when they start.
 */
export function followUp(key: string, places: readonly ChangedPlace[], paint: Paint): string {
  const steps = places.flatMap((place) => (place.isCluster ? clusterSteps(key, place) : composeSteps(place)));
  const lines = steps.map(({ command, why }) => `  ${paint('cyan', command)}\n      ${paint('dim', `# ${why}`)}\n`);
  return `\n${paint('bold', 'next')}\n${lines.join('')}${databaseNote(key, places)}`;
}

interface Step {
  readonly command: string;
  readonly why: string;
}

function composeSteps({ file }: ChangedPlace): Step[] {
  const compose = file.path.replace(/\.env$/, 'docker-compose.yml');
  return [{ command: `docker compose -f ${compose} up -d`, why: 'makes the containers anew that read it' }];
}

function clusterSteps(key: string, { target }: ChangedPlace): Step[] {
  const { environment, layout } = target;
  const synth = `npx tars synth${environment === undefined ? '' : ` --env ${environment}`}`;
  const steps = systemsIn(target.app).flatMap((model) =>
    model.secrets
      .filter((secret) => model.settings.secrets.kind === 'generated' && secret.keys.some((k) => k.key === key))
      .flatMap((secret): Step[] => {
        const namespace = secret.namespace === undefined ? '' : ` -n ${secret.namespace}`;
        const readers = workloads(model, secret.keys.find((k) => k.key === key)?.readers ?? []);
        return [
          {
            command: `kubectl${namespace} delete secret ${secret.name}`,
            why: 'it is immutable: a new value needs a new object',
          },
          { command: `kubectl apply -f ${layout.manifests}`, why: 'makes the Secret anew' },
          ...(readers.length === 0
            ? []
            : [
                {
                  command: `kubectl${namespace} rollout restart ${readers.join(' ')}`,
                  why: 'pods read a Secret when they start',
                },
              ]),
        ];
      }),
  );
  return [{ command: synth, why: 'writes the Secret with the new value' }, ...steps];
}

/** Jobs read the Secret at their next run. */
function workloads(model: SystemModel, paths: readonly string[]): string[] {
  const names = { deployment: 'deployment', 'stateful-set': 'statefulset' } as const;
  return model.services
    .filter(({ path, workload }) => paths.includes(path) && workload.kind !== 'cron-job')
    .map((spec: ServiceSpec) => {
      const kind = spec.workload.kind === 'deployment' ? names.deployment : names['stateful-set'];
      return `${kind}/${prefixed(spec.prefix, spec.name)}`;
    })
    .sort();
}

/** A server that keeps its password in its data does not look at the variable again. */
function databaseNote(key: string, places: readonly ChangedPlace[]): string {
  const keeps = places.some(({ target }) =>
    systemsIn(target.app).some((model) =>
      model.services.some(
        ({ workload, env, volumes }) =>
          workload.kind === 'stateful-set' &&
          volumes.some((volume) => volume.kind === 'claim') &&
          env.some(({ value }) => value.kind === 'secret' && value.key === key),
      ),
    ),
  );
  if (!keeps) return '';
  return [
    '',
    'A database keeps its password in its data: where one runs already, change it there first, e.g. for',
    'PostgreSQL with `\\password` in psql, or its clients will be refused.',
    '',
  ].join('\n');
}
