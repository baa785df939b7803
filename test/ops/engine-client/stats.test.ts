import { containerUsage } from '../../../lib/ops/engine-client/stats';
import { answer, useFakeEngine } from '../../support/fake-engine';

const engine = useFakeEngine();
const cpu = (used: number, system: number, more: object = { online_cpus: 4 }): object => ({
  cpu_usage: { total_usage: used },
  system_cpu_usage: system,
  ...more,
});

test.each([
  ['half of one of four', cpu(1_000, 10_000), cpu(2_000, 18_000), 500],
  ['nothing', cpu(1_000, 10_000), cpu(1_000, 18_000), 0],
  ['a counter that went back', cpu(1_000, 10_000), cpu(10, 18_000), 0],
  ['no time passed', cpu(1_000, 10_000), cpu(2_000, 10_000), 0],
  ['an older engine', cpu(0, 0), { cpu_usage: { total_usage: 5, percpu_usage: [1, 2] }, system_cpu_usage: 10 }, 1000],
])('CPU: %s', async (_, before, now, cpuMillis) => {
  const stats = { read: 'now', precpu_stats: before, cpu_stats: now, memory_stats: { usage: 10 } };
  engine().on('GET /containers/c/stats', answer(stats));

  expect(await containerUsage(engine().client(), 'c')).toMatchObject({ cpuMillis });
});

test.each([
  ['version 2', { inactive_file: 30 }, 70],
  ['version 1', { total_inactive_file: 40 }, 60],
  ['without details', undefined, 100],
])('memory of control groups of %s', async (_, stats, memoryBytes) => {
  engine().on('GET /containers/c/stats', answer({ read: 'now', memory_stats: { usage: 100, stats } }));

  expect(await containerUsage(engine().client(), 'c')).toMatchObject({ memoryBytes });
});

test('one that does not run uses nothing', async () => {
  engine().on('GET /containers/c/stats', answer({ read: 'now', memory_stats: {} }));

  expect(await containerUsage(engine().client(), 'c')).toBeUndefined();
});
