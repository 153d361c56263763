"""Core flows through Debian's azure-servicebus on uamqp, over TLS.

Usage: azure_client.py PORT CERTIFICATE. Prints one JSON object; any failure is an exception.
"""
import json
import sys

from azure.servicebus._common import _configuration
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSubQueue

port, certificate = sys.argv[1:]
# This version takes the port from nowhere else: a custom endpoint would switch it to WebSockets.
_configuration.DEFAULT_AMQPS_PORT = int(port)
connection_string = (
    "Endpoint=sb://localhost;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE"
)
result = {}

with ServiceBusClient.from_connection_string(
    connection_string, retry_total=1, connection_verify=certificate
) as client:
    with client.get_queue_sender("azure") as sender:
        sender.send_messages(ServiceBusMessage("complete", message_id="1"))
        batch = sender.create_message_batch()
        batch.add_message(ServiceBusMessage("abandon", message_id="2"))
        batch.add_message(ServiceBusMessage("dead", message_id="3"))
        sender.send_messages(batch)
    received = []
    with client.get_queue_receiver("azure", max_wait_time=5) as receiver:
        while len(received) < 4:
            for message in receiver.receive_messages(max_message_count=3, max_wait_time=5):
                body = str(message)
                received.append([body, message.delivery_count])
                if body == "abandon" and message.delivery_count == 0:
                    receiver.abandon_message(message)
                elif body == "dead":
                    receiver.dead_letter_message(message, reason="azure says so", error_description="test")
                else:
                    receiver.complete_message(message)
    result["received"] = received
    with client.get_queue_receiver("azure", sub_queue=ServiceBusSubQueue.DEAD_LETTER, max_wait_time=5) as receiver:
        message = receiver.receive_messages(max_wait_time=5)[0]
        result["dead"] = [str(message), message.dead_letter_reason, message.dead_letter_source]
        receiver.complete_message(message)
    with client.get_queue_sender("azure-sessions") as sender:
        sender.send_messages([ServiceBusMessage(str(number), session_id="s") for number in range(3)])
    with client.get_queue_receiver("azure-sessions", session_id="s", max_wait_time=5) as receiver:
        result["locked"] = receiver.session.locked_until_utc is not None
        bodies = []
        while len(bodies) < 3:
            for message in receiver.receive_messages(max_message_count=3, max_wait_time=5):
                bodies.append(str(message))
                receiver.complete_message(message)
        result["session"] = bodies
print(json.dumps(result))
