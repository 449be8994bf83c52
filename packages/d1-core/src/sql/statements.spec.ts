import { DatabaseSync } from 'node:sqlite';
import { loadTokenizer, type Tokenize } from './tokens.ts';
import { splitStatements, statementText } from './statements.ts';

let tokenize: Tokenize;
beforeAll(async () => {
  tokenize = await loadTokenizer();
});

const split = (text: string) =>
  splitStatements(tokenize(text)).map((statement) => statementText(text, statement));

describe('splitting into statements', () => {
  it('splits at semicolons, and gives nothing for comments and empty statements', () => {
    expect(split('-- first\nSELECT 1; ;/* none */;\nSELECT 2;\n-- end')).toEqual(['SELECT 1', 'SELECT 2']);
    expect(split('')).toEqual([]);
    expect(split(' -- only a comment')).toEqual([]);
  });

  it('leaves semicolons alone inside literals, names and comments', () => {
    const text = `SELECT ';', ";", [;], \`;\` /* ; */ -- ;\n`;
    expect(split(`${text};SELECT 2`)).toEqual([`SELECT ';', ";", [;], \`;\``, 'SELECT 2']);
  });

  it('keeps comments between the words of a statement', () => {
    expect(split('SELECT /* a */ 1 -- b\n;')).toEqual(['SELECT /* a */ 1']);
  });

  it.each([
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END',
    'create temp trigger t after insert on a begin select 1; end',
    'CREATE TEMPORARY TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END',
    'CREATE/**/TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; /* ; */ END',
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; UPDATE a SET x = CASE 1 WHEN 1 THEN 2 END, y = 1; END',
    'EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END',
  ])('takes a trigger for one statement: %s', (trigger) => {
    expect(split(`${trigger};SELECT 1`)).toEqual([trigger, 'SELECT 1']);
  });

  it('does not take other CASE … END or a table called trigger for a trigger', () => {
    expect(split('CREATE VIEW v AS SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 1')).toHaveLength(2);
    expect(split('CREATE TABLE "trigger" (x); SELECT 1')).toHaveLength(2);
  });

  it('says whether a semicolon ends the last statement', () => {
    const terminated = (text: string) =>
      splitStatements(tokenize(text)).map((statement) => statement.terminated);
    expect(terminated('SELECT 1; SELECT 2')).toEqual([true, false]);
    expect(terminated('SELECT 1; SELECT 2; -- end')).toEqual([true, true]);
  });

  it('agrees with SQLite on where each statement ends', () => {
    const statements = [
      'CREATE TABLE a (x, y)',
      "INSERT INTO a VALUES ('; END;', 1)",
      'CREATE TRIGGER t AFTER INSERT ON a WHEN new.x = 1 BEGIN UPDATE a SET y = CASE WHEN x THEN 1 ELSE 2 END; END',
      'CREATE VIEW v AS SELECT x AS "end" FROM a',
      'SELECT * FROM v',
    ];
    const database = new DatabaseSync(':memory:');
    for (const statement of split(statements.join(' ;\n'))) database.exec(statement);
    expect(split(statements.join(' ;\n'))).toEqual(statements);
    database.close();
  });
});
