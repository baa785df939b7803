import type { DemandLine } from '../model/capacity';
import { demandOf, totalDemand } from '../model/capacity';
import { formatCpu, formatSize } from '../model/quantities';
import type { SystemModel } from '../model/system-model';
import type { Paint } from './paint';
import { table } from './table';

/** What a system needs at the peak of its load: each service at its most replicas, mid roll-out, jobs included. */
export function capacityData(model: SystemModel): object {
  const lines = model.services.flatMap(demandOf);
  return { system: model.path, lines, total: totalDemand(lines) };
}

/** The same as a table, its sum below. */
export function capacityText(model: SystemModel, paint: Paint): string {
  const lines = model.services.flatMap(demandOf);
  if (lines.length === 0) return '';
  const rows: DemandLine[] = [...lines, { label: 'total', ...totalDemand(lines) }];
  const text = table<DemandLine>(
    [
      { title: 'at the peak', text: ({ label }) => label },
      { title: 'pods', text: ({ pods }) => String(pods), align: 'right' },
      { title: 'cpu requests', text: (row) => formatCpu(row.cpuRequestMillis), align: 'right' },
      { title: 'cpu limits', text: (row) => formatCpu(row.cpuLimitMillis), align: 'right' },
      { title: 'memory requests', text: (row) => formatSize(row.memoryRequestMiB), align: 'right' },
      { title: 'memory limits', text: (row) => formatSize(row.memoryLimitMiB), align: 'right' },
    ],
    rows,
  );
  const end = text.indexOf('\n');
  return `\n${paint('bold', text.slice(0, end))}${text.slice(end)}`;
}
