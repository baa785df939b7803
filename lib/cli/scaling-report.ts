import type { SystemModel } from '../model/system-model';
import { scalingReports } from '../policy/report';
import type { Paint } from './paint';
import { table } from './table';

/** How exactly each scaling policy is followed, field by field. */
export function scalingText(model: SystemModel, paint: Paint): string {
  const rows = scalingReports(model).flatMap(({ path, rows: fields }) => fields.map((row) => ({ path, ...row })));
  if (rows.length === 0) return '';
  const text = table(
    [
      { title: 'scaling', text: ({ path }) => path },
      { title: 'field', text: ({ field }) => field },
      { title: 'fidelity', text: ({ fidelity }) => fidelity },
      { title: 'what becomes of it', text: ({ detail }) => detail },
    ],
    rows,
  );
  const end = text.indexOf('\n');
  return `\n${paint('bold', text.slice(0, end))}${text.slice(end)}`;
}
