import type { SimulatedStep, Simulation } from '../ops/autoscaling/simulated-workload';

const WIDTH = 1000;
const LEFT = 60;
const RIGHT = 980;
const PANELS = {
  replicas: { top: 50, bottom: 230 },
  utilization: { top: 270, bottom: 450 },
  reasons: { top: 490, bottom: 510 },
} as const;
const COLORS: Readonly<Record<string, string>> = {
  SuccessfulRescale: '#2563eb',
  ScaleDownStabilized: '#a78bfa',
  ScaleUpStabilized: '#c4b5fd',
  ScaleUpLimit: '#f59e0b',
  ScaleDownLimit: '#fbbf24',
  TooManyReplicas: '#dc2626',
  TooFewReplicas: '#94a3b8',
  ReadyForNewScale: '#d1fae5',
  AboveThreshold: '#2563eb',
  BelowThreshold: '#0891b2',
  WithinThresholds: '#d1fae5',
  ScaleUpCooldown: '#f59e0b',
  ScaleDownCooldown: '#a78bfa',
};
const OTHER = '#334155';

/**
 * Replicas, utilization and reasons over time, as an SVG that stands alone.
 *
 * @param target percent of the request
 * @param thresholds beyond which there will be more or less
 */
export function simulationPicture(
  title: string,
  { steps, ...sums }: Simulation,
  target: number,
  thresholds: readonly number[],
): string {
  const end = Math.max(1, steps.at(-1)?.second ?? 1);
  const x = (second: number): number => LEFT + (second / end) * (RIGHT - LEFT);
  const most = Math.ceil(Math.max(1, ...steps.map(({ replicas, load }) => Math.max(replicas, load / target))));
  const top = Math.max(100, target, ...thresholds, ...steps.map(({ utilization }) => utilization));
  const reasons = [...new Set(steps.map(({ reason }) => reason))];
  const y = (panel: keyof typeof PANELS, share: number): number =>
    PANELS[panel].bottom - share * (PANELS[panel].bottom - PANELS[panel].top);
  const line = (panel: 'replicas' | 'utilization', value: (step: SimulatedStep) => number, scale: number): string =>
    stairs(steps, (step) => [x(step.second), y(panel, value(step) / scale)]);
  const level = (percent: number, dashes: string): string => {
    const at = round(y('utilization', percent / top));
    return `<line x1="${LEFT}" x2="${RIGHT}" y1="${at}" y2="${at}" stroke="#64748b" stroke-dasharray="${dashes}"/>`;
  };
  const dotted = thresholds.length === 0 ? '' : '; dotted: the thresholds';
  const facts = `${round(sums.replicaHours)} replica hours, ${sums.overloadSeconds} s overloaded, ${sums.changes} changes`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} 580" font-family="system-ui, sans-serif" font-size="12">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="580" fill="white"/>
<text x="${LEFT}" y="22" font-size="16" font-weight="600">${escaped(title)}</text>
<text x="${RIGHT}" y="22" text-anchor="end" fill="#475569">${facts}</text>
${axis('replicas', most, 'replicas (filled: ready), and the load as replicas at the target (orange)')}
<path d="${area(steps, x, (step) => y('replicas', step.ready / most), PANELS.replicas.bottom)}" fill="#bfdbfe"/>
<path d="${line('replicas', ({ replicas }) => replicas, most)}" fill="none" stroke="#2563eb" stroke-width="1.5"/>
<path d="${line('replicas', ({ load }) => load / target, most)}" fill="none" stroke="#ea580c" stroke-width="1"/>
${axis('utilization', top, `utilization of a ready replica, % of its request (dashed: the target${dotted})`)}
${level(target, '4 4')}
${thresholds.map((threshold) => level(threshold, '1 3')).join('\n')}
<path d="${line('utilization', ({ utilization }) => utilization, top)}" fill="none" stroke="#059669" stroke-width="1.2"/>
<text x="${LEFT}" y="${PANELS.reasons.top - 6}" fill="#475569">what was said about it</text>
${bands(steps, x, end)}
${hours(end, x)}
${legend(reasons)}
</svg>
`;
}

function axis(panel: 'replicas' | 'utilization', most: number, title: string): string {
  const { top, bottom } = PANELS[panel];
  return `<text x="${LEFT}" y="${top - 6}" fill="#475569">${title}</text>
<path d="M${LEFT} ${top}V${bottom}H${RIGHT}" fill="none" stroke="#cbd5e1"/>
<text x="${LEFT - 6}" y="${top + 4}" text-anchor="end">${round(most)}</text>
<text x="${LEFT - 6}" y="${bottom}" text-anchor="end">0</text>`;
}

function stairs(steps: readonly SimulatedStep[], point: (step: SimulatedStep) => readonly [number, number]): string {
  let path = '';
  let level: number | undefined;
  for (const step of steps) {
    const [x, y] = point(step);
    if (level === undefined) path = `M${round(x)} ${round(y)}`;
    else if (y !== level) path += `H${round(x)}V${round(y)}`;
    level = y;
  }
  return `${path}H${RIGHT}`;
}

function area(
  steps: readonly SimulatedStep[],
  x: (second: number) => number,
  y: (step: SimulatedStep) => number,
  bottom: number,
): string {
  return `${stairs(steps, (step) => [x(step.second), y(step)])}V${bottom}H${LEFT}Z`;
}

/** One bar for each stretch of time with one reason. */
function bands(steps: readonly SimulatedStep[], x: (second: number) => number, end: number): string {
  const { top, bottom } = PANELS.reasons;
  const stretches: { reason: string; from: number; to: number }[] = [];
  for (const { second, reason } of steps) {
    const last = stretches.at(-1);
    if (last !== undefined) last.to = second;
    if (last?.reason !== reason) stretches.push({ reason, from: second, to: end });
  }
  return stretches
    .map(({ reason, from, to }) => {
      const width = Math.max(1, x(to) - x(from)); // one round is thinner than a line
      const color = COLORS[reason] ?? OTHER;
      return `<rect x="${round(x(from))}" y="${top}" width="${round(width)}" height="${bottom - top}" fill="${color}"/>`;
    })
    .join('\n');
}

function hours(end: number, x: (second: number) => number): string {
  const unit = [60, 300, 900, 3600, 10_800, 86_400].find((seconds) => end / seconds <= 12) ?? end;
  const marks = Array.from({ length: Math.floor(end / unit) + 1 }, (_, index) => index * unit);
  return marks
    .map((second) => {
      const text = `${Math.floor(second / 3600)}:${String(Math.floor((second % 3600) / 60)).padStart(2, '0')}`;
      return `<text x="${round(x(second))}" y="528" text-anchor="middle" fill="#475569">${text}</text>`;
    })
    .join('\n');
}

function legend(reasons: readonly string[]): string {
  return reasons
    .map((reason, index) => {
      const [x, y] = [LEFT + (index % 5) * 185, 548 + Math.floor(index / 5) * 18];
      return `<rect x="${x}" y="${y - 9}" width="10" height="10" fill="${COLORS[reason] ?? OTHER}"/><text x="${x + 15}" y="${y}">${escaped(reason)}</text>`;
    })
    .join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
