import { composeHealthCommand } from '../model/compose-target';
import type { Health, Probe } from '../model/service-spec';
import type { Answer, FieldTable } from './answer';
import { answer, needless, notice, rendered } from './answer';
import type { ServiceContext } from './service-context';

/** Compose has one health check, which tells when a service is ready and never restarts it. */
export const HEALTH: FieldTable<Health, ServiceContext> = {
  compose: (health, context) =>
    health.compose === undefined ? needless('not given') : checked(health.compose, context),
  startup: (health) => {
    const seconds = startPeriodSeconds(health);
    return seconds === 0 ? needless('no patience asked for') : rendered({ healthcheck: { start_period: `${seconds}s` } });
  },
  readiness: () => needless('the health check of Compose unless it is given its own'),
  liveness: (health) =>
    health.liveness === undefined
      ? needless('not given')
      : notice(
          'restart a container whose liveness check fails',
          'the engine restarts what ends and only marks what is unhealthy: look at "docker compose ps"',
        ),
};

function checked(probe: Probe, context: ServiceContext): Answer[] {
  const test = composeHealthCommand(context.spec);
  if (test === undefined) {
    return [
      notice(
        `ask the ${probe.check.kind} check of ${context.spec.path}`,
        'no client for it is known to be in the image: set runAs.httpClient, or a command as health.compose',
      ),
    ];
  }
  const answers = answer(PROBE, probe, context);
  return [rendered({ healthcheck: { test: ['CMD', ...test] } }), ...answers];
}

export const PROBE: FieldTable<Probe, ServiceContext> = {
  check: () => needless('the test'),
  initialDelaySeconds: () => needless('part of the start period'),
  periodSeconds: (probe) => rendered({ healthcheck: { interval: `${probe.periodSeconds}s` } }),
  timeoutSeconds: (probe) => rendered({ healthcheck: { timeout: `${probe.timeoutSeconds}s` } }),
  failureThreshold: (probe) => rendered({ healthcheck: { retries: probe.failureThreshold } }),
};

/**
 * How long a failing check does not count: as long as the startup probe is patient, or for the
 * check's own delay, whichever is longer. 0 where there is no check.
 */
export function startPeriodSeconds(health: Health): number {
  const { startup, compose } = health;
  if (compose === undefined) return 0;
  const patience =
    startup === undefined ? 0 : startup.initialDelaySeconds + startup.failureThreshold * startup.periodSeconds;
  return Math.max(patience, compose.initialDelaySeconds);
}
