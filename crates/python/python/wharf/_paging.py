"""Answers in pages."""

from __future__ import annotations

from types import GenericAlias

from wharf._structure import Structure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar, Generic, TypeVar

    from typing_extensions import Self

    from wharf._wharf import Pager

    _T_co = TypeVar("_T_co", covariant=True)

    class _Of(Generic[_T_co]): ...

    class _PageOf(Structure, Generic[_T_co]): ...

else:

    class _Of:
        __slots__ = ()
        __class_getitem__ = classmethod(GenericAlias)

    class _PageOf(Structure):
        __slots__ = ()
        __class_getitem__ = classmethod(GenericAlias)


class ItemPage(_PageOf["_T_co"]):
    """An answer that is one of several pages."""

    __slots__ = ("_pager",)

    # The way to the items.
    _items: ClassVar[tuple[str, ...]] = ()
    _pager: Pager

    def iter_items(self) -> Items[_T_co]:
        """The items of this page and of all pages after it, which are fetched when they are needed: with `for`, or
        with `async for` in a program that uses `asyncio`.

        A page that `pages()` gave, or that was pickled or copied, has its own items alone.
        """
        return Items(self._rest(), self._items, self)

    def iter_pages(self) -> Pages[Self]:
        """This page and all pages after it, which are fetched when they are needed."""
        return Pages(self._rest(), [self._alone()])

    def _rest(self) -> Pager | None:
        # Every walk has a pager of its own.
        pager: Pager | None = getattr(self, "_pager", None)
        return None if pager is None else pager.copy()

    def _alone(self) -> Self:
        copy: Self = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        response = getattr(self, "_response", None)
        if response is not None:
            copy._response = response
        return copy


class Page(ItemPage["_T_co"]):
    """An answer that is one of several pages."""

    __slots__ = ()

    def items(self) -> Items[_T_co]:
        """The items of this page and of all pages after it, which are fetched when they are needed: with `for`, or
        with `async for` in a program that uses `asyncio`.

        A page that `pages()` gave, or that was pickled or copied, has its own items alone.
        """
        return self.iter_items()

    def pages(self) -> Pages[Self]:
        """This page and all pages after it, which are fetched when they are needed."""
        return self.iter_pages()


class Pages(_Of["_T_co"]):
    """Pages, fetched when they are asked for: with `for` or with `async for`.

    It ends when as many items have come as the service says there are, after an empty page, or after an error.
    """

    __slots__ = ("_first", "_pager")

    def __init__(self, pager: Pager | None, first: Iterable[_T_co] = ()) -> None:
        self._pager = pager
        self._first = iter(first)

    @property
    def begin(self) -> int | None:
        """Where the next page begins, in the words of the operation: items to skip, or the number of a page. A new
        call with it goes on there, after an error too. `None` for pages that come from no call."""
        return None if self._pager is None else self._pager.begin

    @property
    def offset(self) -> int | None:
        """The number of items before the next page. `None` for pages that come from no call."""
        return None if self._pager is None else self._pager.offset

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> _T_co:
        for page in self._first:
            return page
        fetched: _T_co | None = None if self._pager is None else self._pager.next()
        if fetched is None:
            raise StopIteration
        return fetched

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _T_co:
        for page in self._first:
            return page
        if self._pager is not None:
            pending = self._pager.next_async()
            try:
                fetched: _T_co | None = await pending.future
            finally:
                pending.cancel()
            if fetched is not None:
                return fetched
        raise StopAsyncIteration


class Items(_Of["_T_co"]):
    """The items of all pages, which are fetched when they are needed: with `for` or with `async for`."""

    __slots__ = ("_left", "_pages", "_way")

    def __init__(self, pager: Pager | None, way: tuple[str, ...], first: Any = None) -> None:
        self._pages: Pages[Any] = Pages(pager)
        self._way = way
        self._left: list[_T_co] = []
        self._take(first)

    @property
    def offset(self) -> int | None:
        """The number of items before the next one: where an operation is told how many to skip, a new call goes on
        there, after an error too. `None` for items that come from no call."""
        offset = self._pages.offset
        return None if offset is None else max(0, offset - len(self._left))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> _T_co:
        while not self._left:
            self._take(next(self._pages))
        return self._left.pop()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _T_co:
        while not self._left:
            self._take(await anext(self._pages))
        return self._left.pop()

    def _take(self, page: Any) -> None:
        for name in self._way:
            page = None if page is None else getattr(page, name)
        # The last comes first, because it is the end that is taken from.
        self._left = [] if page is None else page[::-1]
