"""Pagination."""

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
    """Output of a paged operation: one page."""

    __slots__ = ("_pager",)

    # Path of the items.
    _items: ClassVar[tuple[str, ...]] = ()
    _pager: Pager

    def iter_items(self) -> Items[_T_co]:
        """Returns the items of this page and of all following pages, which are fetched on demand, for `for` or, in a
        program that uses `asyncio`, `async for`.

        A page that comes from `pages()`, or that was pickled or copied, has only its own items.
        """
        return Items(self._rest(), self._items, self)

    def iter_pages(self) -> Pages[Self]:
        """Returns this page and all following pages, which are fetched on demand."""
        return Pages(self._rest(), [self._alone()])

    def _repr_html_(self) -> str:
        from wharf._display import page_html

        return page_html(self, self._items)

    def _rest(self) -> Pager | None:
        # Every iterator has its own pager.
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
    """Output of a paged operation: one page."""

    __slots__ = ()

    def items(self) -> Items[_T_co]:
        """Returns the items of this page and of all following pages, which are fetched on demand, for `for` or, in a
        program that uses `asyncio`, `async for`.

        A page that comes from `pages()`, or that was pickled or copied, has only its own items.
        """
        return self.iter_items()

    def pages(self) -> Pages[Self]:
        """Returns this page and all following pages, which are fetched on demand."""
        return self.iter_pages()


class Pages(_Of["_T_co"]):
    """Pages, fetched on demand, for `for` or `async for`.

    Ends when the service's total number of items is reached, after an empty page, or after an error.
    """

    __slots__ = ("_first", "_pager")

    def __init__(self, pager: Pager | None, first: Iterable[_T_co] = ()) -> None:
        self._pager = pager
        self._first = iter(first)

    @property
    def begin(self) -> int | None:
        """Position of the next page, in the operation's unit: items to skip, or a page number. A new call with it
        continues there, also after an error. `None` for pages that no call returned."""
        return None if self._pager is None else self._pager.begin

    @property
    def offset(self) -> int | None:
        """Number of items before the next page. `None` for pages that no call returned."""
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
    """Items of all pages, which are fetched on demand, for `for` or `async for`."""

    __slots__ = ("_left", "_pages", "_way")

    def __init__(self, pager: Pager | None, way: tuple[str, ...], first: Any = None) -> None:
        self._pages: Pages[Any] = Pages(pager)
        self._way = way
        self._left: list[_T_co] = []
        self._take(first)

    @property
    def offset(self) -> int | None:
        """Number of items before the next one. For an operation that takes a number of items to skip, a new call
        continues there, also after an error. `None` for items that no call returned."""
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

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self._left)} fetched, more on demand>"

    def _repr_html_(self) -> str:
        from wharf._display import items_html

        return items_html(self._left[::-1], self._pages._pager is not None)

    def _take(self, page: Any) -> None:
        for name in self._way:
            page = None if page is None else getattr(page, name)
        # Reversed, because items are taken from the end.
        self._left = [] if page is None else page[::-1]
