import { LoadBalancer } from 'cdk8s-tars/ops';
import type { BalancingStrategy, LoadBalancerOptions } from 'cdk8s-tars/ops';

/** A clock and a random source in the test's hand, and a balancer that goes by them. */
export class TestBench {
  public nowMs = 1_700_000_000_000;
  public readonly balancer: LoadBalancer;

  public constructor(
    strategy: BalancingStrategy,
    weights: Readonly<Record<string, number>> = {},
    options: Partial<LoadBalancerOptions> = {},
  ) {
    this.balancer = new LoadBalancer(strategy, { clock: () => this.nowMs, random: seeded(1), ...options });
    Object.entries(weights).forEach(([id, weight], index) => {
      this.balancer.addBackend(id, `10.0.0.${index + 1}`, 8000, weight);
    });
  }

  public later(seconds: number): this {
    this.nowMs += seconds * 1000;
    return this;
  }

  /** Ids of the next picks, each request over before the next; `failing` are those that fail. */
  public picks(
    count: number,
    { failing = [] as readonly string[], clientIp = undefined as string | undefined } = {},
  ): string {
    return Array.from({ length: count }, () => {
      const lease = this.balancer.acquire({ clientIp });
      lease.release({ success: !failing.includes(lease.backend.id), responseTimeMs: 1 });
      return lease.backend.id;
    }).join(' ');
  }

  public state(id: string): string | undefined {
    return this.balancer.getClusterStats().backends.find((one) => one.id === id)?.state;
  }
}

/** A random source that can be started again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The code of what is thrown. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}
