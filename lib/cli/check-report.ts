import type { Issue, Severity } from '../model/issues';
import { scalingReports } from '../policy/report';
import { capacityData } from './capacity-report';
import { paintIssue } from './errors';
import type { Paint } from './paint';
import type { Check } from './synthesis';
import { environmentName } from './targets';

/** What the proofs came to, for programs. */
export function checkData(checks: readonly Check[]): object {
  return {
    environments: checks.map(({ target, proofs, systems }) => ({
      name: environmentName(target),
      proofs,
      issues: proofs.flatMap(({ issues }) => issues),
      capacity: systems.map(capacityData),
      scaling: systems.flatMap(scalingReports),
    })),
  };
}

/** One line for each proof of an environment, and what it found below it; those that fail come first. */
export function checkText({ target, proofs, systems }: Check, alone: boolean, paint: Paint): string {
  const issues = proofs.flatMap((proof) => proof.issues);
  const services = systems.reduce((sum, model) => sum + model.services.length, 0);
  const [errors, warnings] = [count(issues, 'error'), count(issues, 'warning')];
  const verdict =
    errors === 0
      ? paint('green', `no mistakes in ${plural(services, 'service')}, ${plural(warnings, 'warning')}`)
      : paint('red', `${plural(errors, 'mistake')} in ${plural(services, 'service')}, ${plural(warnings, 'warning')}`);
  const widest = Math.max(0, ...proofs.map(({ name }) => name.length));
  const holds = ({ issues: found }: (typeof proofs)[number]): boolean => count(found, 'error') === 0;
  const lines = [...proofs.filter((proof) => !holds(proof)), ...proofs.filter(holds)].map((proof) => {
    const { name, extent, issues: found, waived = [] } = proof;
    const mark = holds(proof) ? paint('green', '  holds') : paint('red', '  fails');
    const more = waived.length === 0 ? '' : `, ${waived.length} waived`;
    const head = `${mark}  ${name.padEnd(widest)}  ${paint('dim', extent + more)}\n`;
    return head + found.map((issue) => indented(paintIssue(issue, paint))).join('');
  });
  return `${alone ? '' : `${environmentName(target)}: `}${verdict}\n${lines.join('')}`;
}

function count(issues: readonly Issue[], severity: Severity): number {
  return issues.filter((issue) => issue.severity === severity).length;
}

function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function indented(text: string): string {
  return `${text.replace(/^/gm, '    ')}\n`;
}
