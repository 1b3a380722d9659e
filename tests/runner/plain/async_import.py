async def f():
    return 5
import asyncio
