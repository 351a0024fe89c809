// Decodes one CAR file again and again in one process, as a peer of the library does it.
// Arguments: which peer, the file, how many seconds to warm up, how many to measure.
// Prints a line a run: records, seconds of wall time, seconds of processor time.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const peers = {
  // Hashes the records alone: their blocks are what this reader gives out.
  async atcute(car) {
    const { fromUint8Array } = await import('@atcute/repo');
    return () => {
      let records = 0;
      let characters = 0;
      for (const entry of fromUint8Array(car)) {
        const digest = hash('sha256', entry.carEntry.bytes, 'buffer');
        if (!digest.equals(entry.carEntry.cid.digest.contents)) {
          throw new Error('a block does not have its hash');
        }
        characters += JSON.stringify(entry.record).length;
        records++;
      }
      return [records, characters];
    };
  },
  // Hashes every block as it reads them; makes no JSON.
  async atproto(car) {
    const { MemoryBlockstore, Repo, readCarWithRoot } = await import('@atproto/repo');
    return async () => {
      const { root, blocks } = await readCarWithRoot(car);
      const repo = await Repo.load(new MemoryBlockstore(blocks), root);
      let records = 0;
      for await (const { record } of repo.walkRecords()) {
        records += record ? 1 : 0;
      }
      return [records, 0];
    };
  },
};

const [which, file, warmUpSeconds, seconds] = process.argv.slice(2);
const decode = await peers[which](readFileSync(file));

async function run(tell) {
  const cpu = process.cpuUsage();
  const begin = process.hrtime.bigint();
  const [records] = await decode();
  const wall = Number(process.hrtime.bigint() - begin) / 1e9;
  const used = process.cpuUsage(cpu);
  if (tell) {
    console.log(`${records} ${wall} ${(used.user + used.system) / 1e6}`);
  }
  return wall;
}

for (let spent = 0; spent < warmUpSeconds; ) {
  spent += await run(false);
}
for (let spent = 0; spent < seconds; ) {
  spent += await run(true);
}
