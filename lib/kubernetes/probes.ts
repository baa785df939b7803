import type { Probe, ServiceSpec } from '../model/service-spec';
import { escapeExpansion } from './env';
import type { Container, ProbeJson } from './json';

/** The checks of a container, every server default stated. */
export function containerProbes(
  spec: ServiceSpec,
): Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const { startup, readiness, liveness } = spec.health;
  return {
    ...(startup === undefined ? {} : { startupProbe: probe(startup) }),
    ...(readiness === undefined ? {} : { readinessProbe: probe(readiness) }),
    ...(liveness === undefined ? {} : { livenessProbe: probe(liveness) }),
  };
}

function probe(given: Probe): ProbeJson {
  return {
    ...action(given),
    ...(given.initialDelaySeconds > 0 ? { initialDelaySeconds: given.initialDelaySeconds } : {}),
    periodSeconds: given.periodSeconds,
    timeoutSeconds: given.timeoutSeconds,
    successThreshold: 1,
    failureThreshold: given.failureThreshold,
  };
}

function action({ check }: Probe): ProbeJson {
  switch (check.kind) {
    case 'http':
      return { httpGet: { path: check.path, port: check.port, scheme: 'HTTP' } };
    case 'tcp':
      return { tcpSocket: { port: check.port } };
    case 'exec':
      // The kubelet expands $(NAME) in a probe's command as well.
      return { exec: { command: check.command.map(escapeExpansion) } };
  }
}
