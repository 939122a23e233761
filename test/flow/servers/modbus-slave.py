#!/usr/bin/python3
"""A Modbus TCP slave that is not ours: Debian's python3-pymodbus, for flow tests.

Argument: JSON of {unit: {address: word}}; the words stand at FC 3 and FC 4 alike. Or of {unit: [[function code, address, format, number,
order]]}, the format being one of Python's struct, the order naming each byte on the wire, A the highest, such as CDAB; high byte first where
it is left out. Addresses that are not listed answer exception 2, units that are not listed answer
nothing. A second argument "rtu": serial frames over TCP. Prints the port it listens on, and ends when its standard input does.
"""
import asyncio
import json
import logging
import struct
import sys
import types

try:
    import serial  # noqa: F401
    import serial_asyncio  # noqa: F401
except ImportError:
    # pymodbus.server imports both even where only TCP is used.
    sys.modules["serial"] = types.ModuleType("serial")
    sys.modules["serial_asyncio"] = types.ModuleType("serial_asyncio")
    sys.modules["serial_asyncio"].create_serial_connection = None

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server.async_io import ModbusTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer


def packed(rows, function_code):
    words = {}
    for code, address, form, number, *order in rows:
        if code != function_code:
            continue
        straight = struct.pack(">" + form, number)
        wire = bytes(straight[ord(letter) - ord("A")] for letter in order[0]) if order else straight
        for i, word in enumerate(struct.iter_unpack(">H", wire)):
            words[address + i] = word[0]
    # A block of nothing at all is refused.
    return ModbusSparseDataBlock(words or {0xFFFF: 0})


def slave(words):
    if isinstance(words, list):
        return ModbusSlaveContext(hr=packed(words, 3), ir=packed(words, 4), zero_mode=True)
    block = ModbusSparseDataBlock({int(address): word for address, word in words.items()})
    return ModbusSlaveContext(hr=block, ir=block, zero_mode=True)


# Exceptions and closed connections are what the tests ask for.
logging.disable(logging.CRITICAL)


async def main(units, framer):
    slaves = {int(unit): slave(words) for unit, words in units.items()}
    context = ModbusServerContext(slaves=slaves, single=False)
    server = ModbusTcpServer(context, framer=framer, address=("127.0.0.1", 0), ignore_missing_slaves=True)
    running = asyncio.ensure_future(server.serve_forever())
    await server.serving
    print(server.server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    running.cancel()


asyncio.run(main(json.loads(sys.argv[1]), ModbusRtuFramer if "rtu" in sys.argv[2:] else ModbusSocketFramer))
