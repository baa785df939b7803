import { kubernetesName } from '../../model/define-service';
import type { Issue } from '../../model/issues';
import type { Component } from '../components';
import type { EmittedObject } from '../emitted';
import { fieldPath } from '../object-path';
import type { PodEnd } from './ends';
import type { KubernetesWorld } from './kubernetes-world';
import { describePorts, isNoPort, unitePorts } from './port-set';

/** Services whose name is in a client's configuration, and that lead elsewhere, or nowhere. */
export function serviceTargets(world: KubernetesWorld): readonly Issue[] {
  return world.components.flatMap((component) => {
    const { spec, task, namespace } = component;
    const pods = world.podsOf(component);
    if (task !== undefined || spec.ports.length === 0 || pods.length === 0) return [];
    const names = [
      ...(spec.access.kind === 'none' ? [] : [kubernetesName(spec)]),
      ...(spec.access.headlessName === undefined ? [] : [spec.access.headlessName]),
    ];
    return [...new Set(names)].flatMap((name) => {
      const service = world.services.find(namespace, name);
      return service === undefined ? [missing(component, name, pods)] : leads(world, component, service, pods);
    });
  });
}

function leads(
  world: KubernetesWorld,
  { id, spec }: Component,
  service: EmittedObject,
  pods: readonly PodEnd[],
): Issue[] {
  const behind = world.services.podsBehind(service);
  const strangers = behind.filter((pod) => !pods.includes(pod));
  if (strangers.length > 0 || !pods.every((pod) => behind.includes(pod))) {
    const names = behind.map(({ name }) => name).join(', ');
    return [
      {
        code: 'TARS6304',
        severity: 'error',
        path: fieldPath(service.object, ['spec', 'selector']),
        message: `the Service does not lead to the pods of ${id}, and to no others`,
        given: names === '' ? 'no pod of the manifests' : names,
        allowed: pods.map(({ name }) => name).join(', '),
        remedy: "make the selector equal to the labels of the component's pods",
      },
    ];
  }
  return spec.ports.flatMap((port): Issue[] => {
    const found = unitePorts(pods.map((pod) => world.services.portBehind(service, port.number, port.protocol, pod)));
    const declared = pods.flatMap((pod) => pod.ports).filter(({ protocol }) => protocol === port.protocol);
    if (declared.some(({ number }) => found[port.protocol].some(({ first, end }) => first <= number && number < end))) {
      return [];
    }
    return [
      {
        code: 'TARS6304',
        severity: 'error',
        path: fieldPath(service.object, ['spec', 'ports']),
        message: `port ${port.number}/${port.protocol} of the Service leads to no port of ${id}`,
        given: isNoPort(found) ? 'nothing' : describePorts(found),
        allowed: declared.map(({ number }) => number).join(', '),
        remedy: 'give the Service this port, with a targetPort that the container declares',
      },
    ];
  });
}

function missing({ id }: Component, name: string, [pod]: readonly PodEnd[]): Issue {
  return {
    code: 'TARS6304',
    severity: 'error',
    path: `Service/${name}`,
    message: `there is no such Service, and the clients of ${id} look for it by this name`,
    given: 'nothing',
    allowed: `a Service in namespace ${pod?.namespace ?? ''} that leads to ${pod?.name ?? ''}`,
    remedy: 'leave the Service in, or set the access of the component to "none"',
  };
}
