import type { Fault } from '../finding';
import { componentOf, condition, isOurs, kubectl, ofKind, reapply, titleOf } from '../live';
import { compose, liveServices, logOf, serviceTitle } from '../services';
import { oneLine, tail } from '../text';

/** A task, such as a migration, that has failed for good. */
export const failedTask: Fault = {
  code: 'TARS7324',
  title: 'a task that has failed',
  why: 'What it was to prepare is not there: a schema, a model. Nobody tries again.',
  kubernetes: (snapshot) =>
    ofKind(snapshot.objects, 'Job')
      .filter(isOurs)
      .flatMap((job) => {
        const failed = condition(job.status?.conditions, 'Failed', 'True');
        const component = job.spec.template.metadata?.labels?.['component'] ?? componentOf(job);
        if (failed === undefined || !snapshot.expected.some((one) => titleOf(one) === titleOf(job))) return [];
        const said = snapshot.logs.find((log) => log.component === component)?.text ?? '';
        return [
          {
            object: titleOf(job),
            rank: 'symptom' as const,
            components: [component],
            message: 'the task has failed, and is not tried again',
            evidence: [`${failed.reason ?? ''}: ${oneLine(failed.message)}`, ...tail(said)],
            cause: tail(said, 1)[0] ?? 'its pods ended with a failure every time',
            remedies: [
              kubectl(snapshot, `logs job/${job.metadata.name} --tail=50`),
              '# mend what it says, then let it run again:',
              kubectl(snapshot, `delete job ${job.metadata.name}`),
              reapply(snapshot),
            ],
          },
        ];
      }),
  compose: (snapshot) =>
    liveServices(snapshot)
      .filter(({ expected }) => expected.isTask)
      .flatMap(({ expected, containers }) =>
        containers
          .filter(({ status, exitCode, error }) => status === 'exited' && exitCode !== 0 && error === '')
          .map((container) => ({
            object: serviceTitle(expected.name),
            rank: 'symptom' as const,
            components: [expected.component],
            message: 'the task has failed, and is not tried again',
            evidence: [`${container.name}: exit code ${container.exitCode}`, ...tail(logOf(snapshot, container.name))],
            cause: tail(logOf(snapshot, container.name), 1)[0] ?? 'it says nothing',
            remedies: [
              compose(snapshot, `logs --tail=50 ${expected.name}`),
              '# mend what it says, then',
              compose(snapshot, `up -d ${expected.name}`),
            ],
          })),
      ),
};
