// Starts the page, and reads the state of the cloud again and again.

import { call, chosenCloud, onTokenNeeded, Refused } from "./api.js";
import { clearCharts, showCharts } from "./charts.js";
import { showClock, startClock } from "./clock.js";
import { leaveCloud, refreshClouds, startClouds } from "./clouds.js";
import { onClusterChange, showOpenCluster } from "./cluster.js";
import { clearClusters, showClusters, startClusters } from "./clusters.js";
import { answered, unreachable } from "./connection.js";
import { refreshFaults, startFaults } from "./faults.js";
import { showFigures, startFigures } from "./figures.js";
import { followJournal, restartJournal, showCalls, startJournal } from "./journal.js";
import { refreshMishaps, showMishapNames, startMishaps } from "./mishaps.js";
import { showRegistries } from "./registries.js";
import { showStart } from "./start.js";
import { startTheme } from "./theme.js";
import { askForToken } from "./token.js";
import { startViews } from "./views.js";
import { showPlanned, showWork } from "./work.js";
import { startWorld } from "./world.js";

/** Milliseconds between two reads of the state: of a page that is seen, and of one that is not. */
const PACE = 1000;
const HIDDEN_PACE = 5000;
/** How often the clouds are read, in reads of the state. */
const CLOUDS_EVERY = 5;

let wake = () => {};

/** Reads everything again at once, after something was changed. */
function refresh() {
  wake();
}

/** Everything that is shown is another cloud's. */
function restart() {
  clearCharts();
  clearClusters();
  restartJournal();
  refresh();
}

function show(state) {
  showClock(state);
  showFigures(state);
  showCharts(state);
  showStart(state);
  showWork(state);
  showClusters(state);
  showOpenCluster(state);
  showRegistries(state);
  showPlanned(state);
  showCalls(state);
  showMishapNames(state);
}

async function read(turn) {
  const cloud = chosenCloud();
  const reads = [call("GET", "state"), refreshFaults(), refreshMishaps()];
  if (turn % CLOUDS_EVERY === 0) reads.push(refreshClouds());
  const [state] = await Promise.all(reads);
  // What was read is not shown if another cloud was chosen meanwhile.
  if (cloud === chosenCloud()) show(state);
}

function pause() {
  const woken = new Promise((resolve) => (wake = resolve));
  const slept = new Promise((resolve) => setTimeout(resolve, document.hidden ? HIDDEN_PACE : PACE));
  return Promise.race([woken, slept]);
}

async function readForever() {
  for (let turn = 0; ; turn += 1) {
    try {
      await read(turn);
      answered();
    } catch (error) {
      if (error instanceof Refused && error.status === 404 && chosenCloud() !== null) leaveCloud();
      else await unreachable(error);
    }
    await pause();
  }
}

startTheme();
onTokenNeeded(askForToken);
startViews();
startClouds(restart);
startClock(refresh);
startFigures();
startClusters();
startJournal(refresh);
startFaults(refresh);
startMishaps(refresh);
startWorld(restart);
onClusterChange(refresh);
document.addEventListener("visibilitychange", refresh);
// The first call asks for the token if the server has one: once, before the others begin.
await call("GET", "health").catch(() => {});
followJournal();
readForever();
