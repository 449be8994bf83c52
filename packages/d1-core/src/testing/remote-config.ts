/** The wrangler config of a Worker whose environment has a remote database, beside a local development. */
export const remoteConfig = (id: string, name: string, environment: string): string => `
name = "test"
main = "index.js"
compatibility_date = "2025-08-01"
[env.development]
[[env.development.d1_databases]]
binding = "DB"
database_name = "test-development"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
migrations_dir = "migrations"
[env.${environment}]
workers_dev = false
[[env.${environment}.d1_databases]]
binding = "DB"
database_name = "${name}"
database_id = "${id}"
migrations_dir = "migrations"
`;
