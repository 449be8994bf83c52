export { identifier, identifiers } from 'd1-core/sql';
