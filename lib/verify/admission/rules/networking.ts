import { isCidr } from '../../../model/names';
import type { Json } from '../../emitted';
import { cidrContains, isAddress } from '../cidr';
import { isList, isObject, listOf, objectOf, textOf } from '../../read';
import type { Check } from '../check';
import { DNS_LABEL, isDnsSubdomain, isPortName, isPortNumber, isQualifiedName } from '../syntax';
import { PORT_NAME, PORT_NUMBER, QUALIFIED_NAME } from '../syntax';

/** Services. */
export const services: Check = {
  code: 'TARS6120',
  severity: 'error',
  refusedBy: 'server',
  title: 'a Service that the server does not take',
  why: 'The server refuses a Service whose type, ports and addresses do not go together.',
  remedy: 'correct the field that the path names',
  on: {
    'core/v1.ServiceSpec': ({ value, say }) => {
      const type = textOf(value['type']) ?? 'ClusterIP';
      const ports = listOf(value['ports']);
      const isHeadless = value['clusterIP'] === 'None';
      if (ports.length === 0 && !isHeadless && type !== 'ExternalName')
        say(['ports'], 'there are no ports', 'one port at least');
      ports.forEach((port, index) => {
        if (ports.length > 1 && !objectOf(port)['name'])
          say(['ports', index, 'name'], 'one of several ports needs a name', DNS_LABEL);
      });
      if (isHeadless && (type === 'LoadBalancer' || type === 'NodePort'))
        say(['clusterIP'], `a ${type} needs an address`, 'no clusterIP');
      if (type === 'ExternalName') {
        const name = (textOf(value['externalName']) ?? '').replace(/\.$/, '');
        if (!isDnsSubdomain(name)) say(['externalName'], 'not a host name', 'a host name');
        if (given(value['clusterIP'])) say(['clusterIP'], 'an ExternalName has no address', 'none');
      }
      if (type !== 'LoadBalancer') {
        if (isSet(value['loadBalancerClass']))
          say(['loadBalancerClass'], `a ${type} has no load balancer`, 'type: LoadBalancer');
        if (listOf(value['loadBalancerSourceRanges']).length > 0)
          say(['loadBalancerSourceRanges'], `a ${type} has no load balancer`, 'type: LoadBalancer');
      }
      if (type !== 'LoadBalancer' && type !== 'NodePort' && given(value['externalTrafficPolicy'])) {
        say(['externalTrafficPolicy'], `a ${type} has no traffic from outside`, 'none');
      }
      if (type === 'ClusterIP') {
        ports.forEach((port, index) => {
          if (objectOf(port)['nodePort'])
            say(['ports', index, 'nodePort'], 'a ClusterIP has no ports on nodes', 'type: NodePort');
        });
      }
      for (const field of ['externalIPs', 'clusterIPs']) {
        listOf(value[field]).forEach((one, index) => {
          if (!isAddress(textOf(one) ?? '') && !(one === 'None' && field === 'clusterIPs'))
            say([field, index], 'not an address', 'e.g. 203.0.113.1');
        });
      }
      const address = textOf(value['clusterIP']) ?? '';
      const [first] = listOf(value['clusterIPs']);
      if (first !== undefined && first !== address && type !== 'ExternalName')
        say(['clusterIPs', 0], 'the first address is not clusterIP', address === '' ? 'none' : address);
      if (address !== '' && address !== 'None' && !isAddress(address))
        say(['clusterIP'], 'not an address', 'None, or an address of the range of Services');
      if (value['healthCheckNodePort'] && (type !== 'LoadBalancer' || value['externalTrafficPolicy'] !== 'Local')) {
        say(['healthCheckNodePort'], 'only a load balancer that keeps the traffic local asks for health', 'none');
      }
      if (type === 'ExternalName') {
        if (isSet(value['ipFamilyPolicy'])) say(['ipFamilyPolicy'], 'an ExternalName has no address', 'none');
        if (listOf(value['ipFamilies']).length > 0) say(['ipFamilies'], 'an ExternalName has no address', 'none');
      }
      const loadBalancerClass = textOf(value['loadBalancerClass']);
      if (type === 'LoadBalancer' && loadBalancerClass !== undefined && !isQualifiedName(loadBalancerClass))
        say(['loadBalancerClass'], 'not the name of a class', QUALIFIED_NAME);
      if (type !== 'LoadBalancer' && given(value['allocateLoadBalancerNodePorts']))
        say(['allocateLoadBalancerNodePorts'], `a ${type} has no load balancer`, 'type: LoadBalancer');
      listOf(value['loadBalancerSourceRanges']).forEach((one, index) => {
        if (!isCidr((textOf(one) ?? '').trim()))
          say(['loadBalancerSourceRanges', index], 'not a CIDR block', 'e.g. 10.0.0.0/8');
      });
      const timeout = objectOf(objectOf(value['sessionAffinityConfig'])['clientIP'])['timeoutSeconds'];
      if (value['sessionAffinity'] !== 'ClientIP' && isSet(timeout)) {
        say(['sessionAffinityConfig'], 'there is nothing to configure', 'sessionAffinity: ClientIP');
      }
    },
    'core/v1.ServicePort': ({ value, say }) => {
      const target = value['targetPort'];
      if (typeof value['port'] === 'number' && !isPortNumber(value['port']))
        say(['port'], 'not the number of a port', PORT_NUMBER);
      if (typeof target === 'number' && target !== 0 && !isPortNumber(target))
        say(['targetPort'], 'not the number of a port', PORT_NUMBER);
      if (typeof target === 'string' && target !== '' && !isPortName(target))
        say(['targetPort'], 'not the name of a port', PORT_NAME);
    },
  },
};

/** Ingresses. */
export const ingresses: Check = {
  code: 'TARS6121',
  severity: 'error',
  refusedBy: 'server',
  title: 'an Ingress that the server does not take',
  why: 'The server refuses it.',
  remedy: 'correct the field that the path names',
  on: {
    'networking/v1.IngressSpec': ({ value, say }) => {
      if (listOf(value['rules']).length === 0 && !isObject(value['defaultBackend']))
        say(['rules'], 'neither rules nor a default backend', 'one of them');
    },
    'networking/v1.IngressClassSpec': ({ value, say }) => {
      const controller = textOf(value['controller']) ?? '';
      const [domain = '', ...path] = controller.split('/');
      if (!isDnsSubdomain(domain) || path.length === 0 || controller.length > 250)
        say(['controller'], 'not the name of a controller', 'a domain, "/" and a path');
    },
    'networking/v1.IngressRule': ({ value, say }) => {
      const host = textOf(value['host']);
      if (host === undefined || host === '') return;
      if (!isIngressHost(host)) say(['host'], 'not a host name', 'a DNS name, "*." before it if wanted');
      else if (isAddress(host)) say(['host'], 'an address is no host name', 'a DNS name');
    },
    'networking/v1.HTTPIngressRuleValue': ({ value, say }) => {
      if (isList(value['paths']) && value['paths'].length === 0)
        say(['paths'], 'there are no paths', 'one path at least');
    },
    'networking/v1.HTTPIngressPath': ({ value, say }) => {
      const [type, path] = [textOf(value['pathType']), textOf(value['path']) ?? ''];
      if (type !== undefined && !['Exact', 'Prefix', 'ImplementationSpecific'].includes(type))
        say(['pathType'], 'not a type of path', 'Exact, Prefix, ImplementationSpecific');
      if (type === 'ImplementationSpecific' ? path !== '' && !path.startsWith('/') : !path.startsWith('/'))
        say(['path'], 'the path is not absolute', 'a path that starts with "/"');
      if (type !== 'ImplementationSpecific' && /\/\/|\/\.{1,2}(\/|$)|%2f/i.test(path))
        say(['path'], 'the path is not in its plain form', 'no "//", "/./", "/../" and "%2f"');
    },
    'networking/v1.IngressBackend': ({ value, say }) => {
      const sources = ['service', 'resource'].filter((one) => isObject(value[one]));
      if (sources.length !== 1)
        say(
          [],
          sources.length === 0 ? 'the traffic goes nowhere' : 'the traffic goes to two places',
          'service or resource',
        );
    },
    'networking/v1.IngressServiceBackend': ({ value, say }) => {
      const port = objectOf(value['port']);
      const { name, number } = port;
      if (given(name) === (typeof number === 'number' && number !== 0))
        say(['port'], 'the port is not said exactly once', 'a name or a number');
      if (typeof name === 'string' && name !== '' && !isPortName(name))
        say(['port', 'name'], 'not the name of a port', PORT_NAME);
      if (typeof number === 'number' && number !== 0 && !isPortNumber(number))
        say(['port', 'number'], 'not the number of a port', PORT_NUMBER);
    },
    'networking/v1.IngressTLS': ({ value, say }) => {
      listOf(value['hosts']).forEach((host, index) => {
        if (!isIngressHost(textOf(host) ?? ''))
          say(['hosts', index], 'not a host name', 'a DNS name, "*." before it if wanted');
      });
    },
  },
};

/** NetworkPolicies. */
export const networkPolicies: Check = {
  code: 'TARS6122',
  severity: 'error',
  refusedBy: 'server',
  title: 'a NetworkPolicy that the server does not take',
  why: 'The server refuses it, and what it would have forbidden stays open.',
  remedy: 'correct the field that the path names',
  on: {
    'networking/v1.NetworkPolicyPort': ({ value, say }) => {
      const { port, endPort } = value;
      if (typeof port === 'number' && !isPortNumber(port)) say(['port'], 'not the number of a port', PORT_NUMBER);
      if (typeof port === 'string' && !isPortName(port)) say(['port'], 'not the name of a port', PORT_NAME);
      if (endPort === undefined || endPort === null) return;
      if (typeof port !== 'number') say(['endPort'], 'a range starts with a number', 'a number as port');
      else if (typeof endPort === 'number' && endPort < port)
        say(['endPort'], 'the range ends before it starts', `${port} or more`);
    },
    'networking/v1.NetworkPolicyPeer': ({ value, say }) => {
      const block = isObject(value['ipBlock']);
      const selector = isObject(value['podSelector']) || isObject(value['namespaceSelector']);
      if (block === selector)
        say([], block ? 'a peer is an address or a pod' : 'the peer is nobody', 'ipBlock, or selectors');
    },
    'networking/v1.IPBlock': ({ value, say }) => {
      const cidr = textOf(value['cidr']) ?? '';
      if (!isCidr(cidr)) {
        say(['cidr'], 'not a CIDR block', 'e.g. 10.0.0.0/8');
        return;
      }
      listOf(value['except']).forEach((one, index) => {
        const inner = textOf(one) ?? '';
        if (!isCidr(inner)) say(['except', index], 'not a CIDR block', 'e.g. 10.0.0.0/8');
        else if (!cidrContains(cidr, inner))
          say(['except', index], 'the exception is not strictly inside the block', `a part of ${cidr}`);
      });
    },
    'networking/v1.NetworkPolicySpec': ({ value, say }) => {
      const types = listOf(value['policyTypes']);
      if (types.length > 2) say(['policyTypes'], 'there are two types at most', 'Ingress, Egress');
    },
  },
};

/** A DNS name, of any length of its labels, with a star in front if wanted. */
function isIngressHost(host: string): boolean {
  return isDnsSubdomain(host.replace(/^\*\./, ''));
}

function given(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Some texts are pointers to Go: an empty one counts. */
function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}
