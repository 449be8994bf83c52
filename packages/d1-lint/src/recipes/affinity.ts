export { affinityOf, EMPTY_VALUE, type Affinity } from 'd1-core/schema';
