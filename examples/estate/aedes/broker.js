// The estate's broker where Mosquitto is not installed. Settings come as one JSON object on stdin:
// {"host", "port", "users": {name: password}}. Writes {"port"} once it listens; ends when stdin ends.
// Sessions and their waiting messages live in memory: they outlast a client's absence, not the broker's.
import { timingSafeEqual } from "node:crypto";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { Aedes } from "aedes";

const lines = createInterface({ input: process.stdin });
const { value } = await lines[Symbol.asyncIterator]().next();
const { host, port, users } = JSON.parse(value);
const broker = await Aedes.createBroker({ id: "estate", concurrency: 1000, queueLimit: 100000 });

function isSame(given, wanted) {
  const one = Buffer.from(given ?? "");
  const other = Buffer.from(wanted ?? "");
  return one.length === other.length && timingSafeEqual(one, other);
}

broker.authenticate = (client, name, password, done) => {
  const ok = Object.hasOwn(users, name ?? "") && isSame(password, users[name]);
  const refusal = ok ? null : Object.assign(new Error("not authorised"), { returnCode: 5 });
  done(refusal, ok);
};

const server = createServer(broker.handle);
server.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.listen(port, host, () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
