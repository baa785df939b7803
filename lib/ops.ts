/**
 * Managing a running system, as a library. It is a module of its own, since who makes manifests needs
 * none of it.
 */
export { smoothWeightedSequence } from './ops/balancing/smooth-weighted';
