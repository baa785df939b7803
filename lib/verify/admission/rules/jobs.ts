import type { JsonObject } from '../../emitted';
import { isObject, nameOf, numberOf, objectOf, textsOf, valueAt } from '../../read';
import { isDnsLabel } from '../../../model/names';
import { selectorMatches } from '../../matches';
import type { Check, Visit } from '../check';

/** Completions above which the server asks for bounds of what may fail. */
const MANY_COMPLETIONS = 100_000;
/** Pods at a time of a Job with indexes. */
const MAX_PARALLELISM = 100_000;
/** Indexes that may fail, and pods at a time, of a Job with many completions. */
const MAX_OF_MANY = 10_000;

const NO_INDEXES = 'without a number of completions there are no indexes';

/**
 * What the fields of a Job ask of each other.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export const jobs: Check = {
  code: 'TARS6136',
  severity: 'error',
  refusedBy: 'server',
  title: 'a Job whose fields contradict each other',
  why: 'The server refuses the Job: what counts by index needs completionMode Indexed, and a Job selects its pods by itself.',
  remedy:
    'say completionMode: Indexed with a number of completions for what counts by index, and leave the selector out',
  on: {
    'batch/v1.Job': ({ value, say }) => {
      const { completionMode, completions } = objectOf(value['spec']);
      // The name of the last pod is its host name.
      const last = `${nameOf(value)}-${(numberOf(completions) ?? 1) - 1}`;
      if (completionMode === 'Indexed' && nameOf(value) !== '' && !isDnsLabel(last))
        say(
          ['metadata', 'name'],
          'pods of an indexed Job are hosts of its name',
          `no ".", and 63 characters with "-0"`,
        );
      checkOwnSelector(objectOf(value['spec']), (keys, ...rest) => {
        say(['spec', ...keys], ...rest);
      });
    },
    // The Jobs that it makes have no name yet, so that none can be selected by hand.
    'batch/v1.JobTemplateSpec': ({ value, say }) => {
      const { selector, manualSelector, completionMode, completions, parallelism } = objectOf(value['spec']);
      if (isObject(selector)) say(['spec', 'selector'], 'a Job selects its pods by itself', 'no selector');
      if (manualSelector === true)
        say(['spec', 'manualSelector'], 'Jobs of a CronJob select their pods by themselves', 'false, or nothing');
      // The server gives no defaults to what is only a template.
      if (completionMode === 'Indexed' && completions === undefined && parallelism === undefined)
        say(['spec', 'completions'], NO_INDEXES, 'a number');
    },
    'batch/v1.JobSpec': (visit) => {
      const { value, say } = visit;
      if (isObject(value['podFailurePolicy']) && value['podReplacementPolicy'] === 'TerminatingOrFailed') {
        say(['podReplacementPolicy'], 'with a podFailurePolicy only what failed is replaced', 'Failed');
      }
      if (typeof value['maxFailedIndexes'] === 'number' && typeof value['backoffLimitPerIndex'] !== 'number') {
        say(['maxFailedIndexes'], 'without a limit for each index none fails', 'a backoffLimitPerIndex');
      }
      if (value['completionMode'] === 'Indexed') checkIndexed(visit);
      else if (typeof value['backoffLimitPerIndex'] === 'number') {
        say(['backoffLimitPerIndex'], 'the Job has no indexes that could fail', 'completionMode: Indexed');
      }
    },
  },
};

function checkIndexed({ value, say }: Visit): void {
  const [completions, parallelism] = [numberOf(value['completions']), numberOf(value['parallelism'])];
  const failed = numberOf(value['maxFailedIndexes']);
  // Without both, the server takes 1 for both.
  if (completions === undefined && parallelism !== undefined) say(['completions'], NO_INDEXES, 'a number');
  if (parallelism !== undefined && parallelism > MAX_PARALLELISM)
    say(['parallelism'], 'more pods at a time than an indexed Job may have', `${MAX_PARALLELISM} at most`);
  const isMany =
    completions !== undefined &&
    completions > MANY_COMPLETIONS &&
    numberOf(value['backoffLimitPerIndex']) !== undefined;
  const most = Math.min(completions ?? 1, isMany ? MAX_OF_MANY : MAX_PARALLELISM);
  if (failed !== undefined && failed > most) say(['maxFailedIndexes'], 'more indexes than may fail', `${most} at most`);
  if (!isMany) return;
  if (failed === undefined)
    say(['maxFailedIndexes'], `${completions} completions need a bound of what may fail`, `${MAX_OF_MANY} at most`);
  if (parallelism !== undefined && parallelism > MAX_OF_MANY)
    say(['parallelism'], `too many pods at a time for ${completions} completions`, `${MAX_OF_MANY} at most`);
}

function checkOwnSelector(spec: JsonObject, say: Visit['say']): void {
  const { selector, manualSelector } = spec;
  const { matchLabels, matchExpressions } = objectOf(selector);
  const isSaid = [matchLabels, matchExpressions].some((part) => Object.keys(part ?? {}).length > 0);
  if (manualSelector !== true) {
    if (isSaid) say(['selector'], 'a Job selects its pods by itself', 'no selector, or manualSelector: true');
    return;
  }
  const labels = textsOf(valueAt(spec, ['template', 'metadata', 'labels']));
  if (!isObject(selector)) say(['selector'], 'manualSelector, and no selector', 'a selector');
  else if (isSaid && !selectorMatches(selector, labels))
    say(['selector'], 'the selector does not match the labels of the template', JSON.stringify(labels));
}
