import type { EmittedSet, JsonObject } from '../../../lib/verify/emitted';
import { nameOf, objectOf } from '../../../lib/verify/read';
import { editObject } from './edit';
import type { Mutation } from './mutation';

/** Mutations of the migration: of the Job itself, and of a CronJob that somebody makes of it. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a schedule with six fields',
    proof: 'admission',
    mutate: (set) =>
      editObject(set, 'Job/' + jobName(set), ({ metadata, spec }) => ({
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { ...objectOf(metadata), name: 'nightly' },
        spec: { schedule: '0 0 3 * * *', startingDeadlineSeconds: 300, jobTemplate: { spec } },
      })),
    code: 'TARS6130',
    path: 'CronJob/nightly.spec.schedule',
  },
  changeJob('a limit for each index of a Job without indexes', { backoffLimitPerIndex: 1 }, [
    'TARS6136',
    'spec.backoffLimitPerIndex',
  ]),
  changeJob('a Job that selects its pods', { selector: { matchLabels: { app: 'tars' } } }, [
    'TARS6136',
    'spec.selector',
  ]),
  {
    name: 'a CronJob whose Jobs have an empty selector',
    proof: 'admission',
    mutate: (set) =>
      editObject(set, 'Job/' + jobName(set), ({ metadata, spec }) => ({
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { ...objectOf(metadata), name: 'nightly' },
        spec: {
          ...{ schedule: '0 3 * * *', startingDeadlineSeconds: 300 },
          jobTemplate: { spec: { ...objectOf(spec), selector: {} } },
        },
      })),
    code: 'TARS6136',
    path: 'CronJob/nightly.spec.jobTemplate.spec.selector',
  },
];

/** Fields that the Job gets, under a name that is the same in every release. */
function changeJob(name: string, fields: JsonObject, [code, path]: readonly [Mutation['code'], string]): Mutation {
  return {
    ...{ name, proof: 'admission', code, path: `Job/migrate.${path}` },
    mutate: (set) =>
      editObject(set, `Job/${jobName(set)}`, ({ metadata, spec, ...rest }) => ({
        ...rest,
        metadata: { ...objectOf(metadata), name: 'migrate' },
        spec: { ...objectOf(spec), ...fields },
      })),
  };
}

function jobName(set: EmittedSet): string {
  const job = set.manifests.find(({ object }) => object['kind'] === 'Job');
  return job === undefined ? '' : nameOf(job.object);
}
