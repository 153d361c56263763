"""Core flows through Apache Qpid Proton: send, receive, complete, abandon, dead-letter, session.

Usage: proton_client.py PORT. Prints one JSON object; any failure is an exception.
"""
import json
import sys

from proton import Condition, Delivery, Disposition, Message, symbol

from proton.reactor import Filter
from proton.utils import BlockingConnection

port = sys.argv[1]
connection = BlockingConnection(f"amqp://127.0.0.1:{port}", timeout=10, allowed_mechs="ANONYMOUS")
result = {}

sender = connection.create_sender("proton")
for body in ["complete", "abandon", "dead"]:
    sender.send(Message(body=body, id=body, properties={"from": "proton"}))
sender.close()

receiver = connection.create_receiver("proton", credit=1)
received = []
for _ in range(4):
    message = receiver.receive(timeout=10)
    received.append([message.body, message.delivery_count])
    if message.body == "complete":
        receiver.accept()
    elif message.body == "abandon" and message.delivery_count == 0:
        receiver.settle(Delivery.MODIFIED)
    elif message.body == "dead":
        delivery = receiver.fetcher.unsettled.popleft()
        delivery.local.condition = Condition(
            "com.microsoft:dead-letter", info={symbol("DeadLetterReason"): "proton says so"}
        )
        delivery.update(Disposition.REJECTED)
        delivery.settle()
    else:
        receiver.accept()
receiver.close()
result["received"] = received

dead = connection.create_receiver("proton/$DeadLetterQueue", credit=1)
message = dead.receive(timeout=10)
result["dead"] = [message.body, message.properties.get("DeadLetterReason")]
dead.accept()
dead.close()

sender = connection.create_sender("proton-sessions")
for number in range(3):
    message = Message(body=number)
    message.group_id = "s"
    sender.send(message)
sender.close()




receiver = connection.create_receiver(
    "proton-sessions",
    credit=3,
    options=Filter({symbol("com.microsoft:session-filter"): "s"}),
)
bodies = []
for _ in range(3):
    bodies.append(receiver.receive(timeout=10).body)
    receiver.accept()
receiver.close()
result["session"] = bodies
connection.close()
print(json.dumps(result))
