// Tencent's client for Node: `tencent.cjs ENDPOINT CALLS AT_ONCE CLUSTERS` prints the microseconds of CPU per call.
"use strict";

const { tke } = require("tencentcloud-sdk-nodejs-tke");

const [endpoint, ...numbers] = process.argv.slice(2);
const [calls, atOnce, clusters] = numbers.map(Number);
const client = new tke.v20180525.Client({
  credential: { secretId: "AKIDexample", secretKey: "a-secret-of-the-usual-length-36-chars" },
  region: "ap-guangzhou",
  profile: { httpProfile: { endpoint: endpoint.replace("http://", ""), protocol: "http://" } },
});

async function call() {
  const { Clusters } = await client.DescribeClusters({ Limit: 100 });
  const read = Clusters.map((cluster) => [cluster.ClusterId, cluster.ClusterStatus]);
  if (read.length !== clusters) throw new Error(`${read.length} clusters`);
}

async function round(count) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

(async () => {
  await round(Math.max(100, 2 * atOnce));
  const began = process.cpuUsage();
  const measured = Math.max(Math.floor(calls / 2), atOnce);
  await round(measured);
  const { user, system } = process.cpuUsage(began);
  console.log((user + system) / measured);
})();
