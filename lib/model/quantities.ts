/**
 * Quantities of CPU and of bytes. Inside the model CPU is whole thousandths of a core and memory
 * and storage are whole MiB; text is read once, at the border, and written canonically, so that an
 * API server that normalizes quantities sees nothing to change.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

/** What a CPU quantity may look like, for messages. */
export const CPU_FORMAT = 'cores or thousandths of a core, e.g. "2", "0.5" or "500m"';
/** What a size may look like, for messages. */
export const SIZE_FORMAT = 'a whole number and Mi, Gi or Ti, e.g. "512Mi" or "10Gi"';

/** `"500m"` → 500, `"2"` → 2000; undefined when it is no positive quantity of CPU. */
export function parseCpuMillis(text: string): number | undefined {
  const match = /^(\d+)(?:\.(\d{1,3}))?(m?)$/.exec(text);
  if (match === null || (match[3] === 'm' && match[2] !== undefined)) return undefined;
  const whole = Number(match[1]);
  const millis = match[3] === 'm' ? whole : whole * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
  return millis > 0 && Number.isSafeInteger(millis) ? millis : undefined;
}

/** `"512Mi"` → 512, `"10Gi"` → 10240; undefined when it is no positive binary size. */
export function parseSizeMiB(text: string): number | undefined {
  const match = /^(\d+)(Mi|Gi|Ti)$/.exec(text);
  if (match === null) return undefined;
  const factor = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 }[match[2] as 'Mi' | 'Gi' | 'Ti'];
  const size = Number(match[1]) * factor;
  return size > 0 && Number.isSafeInteger(size) ? size : undefined;
}

/** 2000 → `"2"`, 500 → `"500m"`: as the API server writes it. */
export function formatCpu(millis: number): string {
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** 2048 → `"2Gi"`, 512 → `"512Mi"`: the largest unit that needs no fraction. */
export function formatSize(miB: number): string {
  if (miB > 0 && miB % (1024 * 1024) === 0) return `${miB / (1024 * 1024)}Ti`;
  if (miB > 0 && miB % 1024 === 0) return `${miB / 1024}Gi`;
  return `${miB}Mi`;
}
