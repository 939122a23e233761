#!/usr/bin/python3
"""A Modbus slave that is not ours: Debian's libmodbus5 by ctypes, for flow tests.

Arguments: "tcp", or a serial port with its baud rate and parity (N, E, O) as "/dev/pts/3:9600:N"; the unit; JSON of {address: word}. The words stand
at FC 3 and FC 4 alike; addresses beyond the highest answer exception 2. Prints the TCP port it listens on, or 0, and ends when its standard
input does.
"""
import ctypes
import json
import os
import socket
import sys
import threading


class Mapping(ctypes.Structure):
    _fields_ = [
        ("nb_bits", ctypes.c_int),
        ("start_bits", ctypes.c_int),
        ("nb_input_bits", ctypes.c_int),
        ("start_input_bits", ctypes.c_int),
        ("nb_input_registers", ctypes.c_int),
        ("start_input_registers", ctypes.c_int),
        ("nb_registers", ctypes.c_int),
        ("start_registers", ctypes.c_int),
        ("tab_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("tab_input_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("tab_input_registers", ctypes.POINTER(ctypes.c_uint16)),
        ("tab_registers", ctypes.POINTER(ctypes.c_uint16)),
    ]


where, unit, words = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
modbus = ctypes.CDLL("libmodbus.so.5")
for name in ("modbus_new_tcp", "modbus_new_rtu"):
    getattr(modbus, name).restype = ctypes.c_void_p
modbus.modbus_mapping_new.restype = ctypes.POINTER(Mapping)

size = max(map(int, words)) + 1
mapping = modbus.modbus_mapping_new(0, 0, size, size)
for address, word in words.items():
    mapping.contents.tab_registers[int(address)] = word
    mapping.contents.tab_input_registers[int(address)] = word


def end_with_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
query = (ctypes.c_uint8 * 260)()


def serve(context):
    """Answers until the connection breaks."""
    while True:
        length = modbus.modbus_receive(context, query)
        if length < 0:
            return
        if length > 0:
            modbus.modbus_reply(context, query, length, mapping)


if where == "tcp":
    context = ctypes.c_void_p(modbus.modbus_new_tcp(b"127.0.0.1", 0))
    listening = ctypes.c_int(modbus.modbus_tcp_listen(context, 4))
    print(socket.socket(fileno=os.dup(listening.value)).getsockname()[1], flush=True)
    while True:
        modbus.modbus_tcp_accept(context, ctypes.byref(listening))
        serve(context)
        modbus.modbus_close(context)
else:
    path, baud, parity = where.split(":")
    context = ctypes.c_void_p(modbus.modbus_new_rtu(path.encode(), int(baud), ctypes.c_char(parity.encode()), 8, 1))
    modbus.modbus_set_slave(context, unit)
    if modbus.modbus_connect(context) != 0:
        sys.exit(f"{path} cannot be opened")
    print(0, flush=True)
    while True:
        # Broken frames end a turn, not the slave.
        serve(context)
